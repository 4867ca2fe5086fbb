#include "control/engine/engine_group.h"

#include <fmt/format.h>

#include <boost/json/parser.hpp>
#include <exception>

#include "control/engine/body_recognition.h"

namespace fulcrum::control {

namespace json = base::json;
using ledger::Commit;
using ledger::Event;
using ledger::NewEvents;

namespace {

/// Streams whose version is remembered between groups.
constexpr std::size_t kMaxVersions = 100'000;

std::uint64_t seed_of(const EngineOptions& options, std::uint64_t purpose) {
  if (options.seed != 0) return options.seed + purpose;
  std::uint64_t seed = 0;
  base::secure_random(&seed, sizeof seed);
  return seed;
}

base::Failure key_reused(const std::string& key) {
  return base::conflict(
      "command.key_reused",
      fmt::format("idempotency key {} was used for another command, or for this one "
                  "with other words",
                  key),
      "use a new key for every new command");
}

base::Result<json::value> parse_payload(const std::string& payload, const std::string& kind) {
  thread_local json::parser parser;
  boost::system::error_code error;
  parser.reset();
  parser.write(payload, error);
  if (error)
    return base::failed("command.payload", fmt::format("event {} has no valid payload", kind));
  return parser.release();
}

/// Null when nothing personal is in it.
json::value parse_sealed(const std::string& payload) {
  if (payload.find("\"$sealed\"") == std::string::npos) return {};
  auto parsed = parse_payload(payload, {});
  return parsed ? std::move(*parsed) : json::value();
}

}  // namespace

GroupBuilder::GroupBuilder(EngineState& state, ledger::Store& store, ledger::SubjectVault* vault,
                           const EngineOptions& options)
    : state_(state),
      store_(store),
      vault_(vault),
      options_(options),
      ids_(seed_of(options, 1)),
      random_(seed_of(options, 2)) {}

void GroupBuilder::start(bool has_failed) {
  commits_.clear();
  by_key_.clear();
  erased_.clear();
  events_ = 0;
  if (has_failed || versions_.size() > kMaxVersions) versions_.clear();
}

/// Never before the last event, so that time orders events as seq does.
std::int64_t GroupBuilder::now_us() {
  return std::max(options_.clock->now_us(), state_.last_time_us());
}

void GroupBuilder::add(PendingCommand& pending) {
  try {
    pending.reply = decide(pending);
  } catch (const std::exception& error) {
    pending.reply =
        base::failed("command.failed", fmt::format("{}: {}", pending.request.name, error.what()));
  }
}

base::Result<CommandReply> GroupBuilder::decide(PendingCommand& pending) {
  const CommandRequest& request = pending.request;
  if (!pending.evidence.empty()) {
    TRY(auto reply, accept(request, {}, pending.evidence, now_us()));
    pending.is_in_group = true;
    return reply;
  }
  const auto found = state_.find_command(request.name);
  if (!found.pillar)
    return base::usage("command.unknown", "no such command: " + request.name, "command");
  if (request.role < found.role) return refuse(pending, found.role);
  if (!request.idempotency_key.empty()) {
    TRY(auto earlier, earlier_reply(request, pending.is_in_group));
    if (earlier) return std::move(*earlier);
  }
  const std::int64_t now = now_us();
  const ledger::Context context{now, request.actor, request.role, &ids_, &random_};
  TRY(auto events, found.pillar->decide(request.name, request.body, context));
  if (events.empty() && request.idempotency_key.empty()) return CommandReply{};
  TRY(auto reply, accept(request, request.idempotency_key, std::move(events), now));
  pending.is_in_group = true;
  return reply;
}

base::Failure GroupBuilder::refuse(PendingCommand& pending, ledger::Role needed) {
  const CommandRequest& request = pending.request;
  const json::object payload{{"command", request.name}, {"code", "permission.denied"}};
  const auto recorded = accept(
      request, {},
      {{"audit/" + request.actor, std::string(kCommandRefused), base::to_text(payload)}}, now_us());
  if (!recorded) return base::Failure(recorded.error());
  pending.is_in_group = true;
  return base::refused(
      "permission.denied",
      fmt::format("{} needs the role {}, {} has {}", request.name, ledger::role_name(needed),
                  request.actor, ledger::role_name(request.role)));
}

base::Result<std::optional<CommandReply>> GroupBuilder::earlier_reply(const CommandRequest& request,
                                                                      bool& is_in_group) {
  const auto found = by_key_.find(request.idempotency_key);
  if (found == by_key_.end()) return stored_reply(request);
  if (found->second.command != request.name || found->second.actor != request.actor)
    return key_reused(request.idempotency_key);
  CHECK_OK(check_body(request, found->second.body, found->second.subjects));
  is_in_group = true;
  CommandReply reply = found->second.reply;
  reply.repeated = true;
  return std::optional(std::move(reply));
}

base::Result<std::optional<CommandReply>> GroupBuilder::stored_reply(
    const CommandRequest& request) {
  TRY(const auto stored, store_.find_command(request.idempotency_key));
  if (!stored) return std::optional<CommandReply>();
  TRY(const auto saved, base::parse_json(stored->reply, "stored reply"));
  if (base::get_string(saved, "command") != request.name ||
      base::get_string(saved, "actor") != request.actor)
    return key_reused(request.idempotency_key);
  CommandReply reply;
  reply.repeated = true;
  reply.seq = stored->last_seq;
  std::vector<std::string> subjects;
  const auto count = static_cast<std::uint64_t>(base::get_integer(saved, "events"));
  if (count > 0 && count <= stored->last_seq) {
    CHECK_OK(store_.read(stored->last_seq - count + 1, count, [&](const Event& event) {
      reply.events.push_back(event.seq);
      reply.streams.push_back(event.stream);
      if (const auto payload = parse_sealed(event.payload); !payload.is_null())
        add_subjects(payload, subjects);
      return true;
    }));
  }
  CHECK_OK(check_body(request, base::get_string(saved, "body"), subjects));
  return std::optional(std::move(reply));
}

base::Status GroupBuilder::check_body(const CommandRequest& request, std::string_view recognised,
                                      const std::vector<std::string>& subjects) const {
  if (request.key_of == KeyOf::kDeed || recognised.empty()) return {};
  TRY(const std::string now, recognise_body(request.body, vault_, subjects));
  return same_body(now, recognised) ? base::Status() : key_reused(request.idempotency_key);
}

base::Result<std::uint64_t> GroupBuilder::next_version(const std::string& stream) {
  const auto [at, is_new] = versions_.try_emplace(stream, 0);
  if (is_new) {
    auto stored = store_.stream_version(stream);
    if (!stored) {
      versions_.erase(at);
      return base::Failure(stored.error());
    }
    at->second = *stored;
  }
  return at->second + 1;
}

base::Result<CommandReply> GroupBuilder::accept(const CommandRequest& request,
                                                std::string command_id, NewEvents events,
                                                std::int64_t now_us) {
  if (command_id.empty()) command_id = ids_.next(now_us);
  Commit commit;
  commit.command_id = command_id;
  std::vector<std::string> subjects;
  std::vector<json::value> opened;  // only where it differs from what is stored
  std::unordered_map<std::string, std::uint64_t> versions;
  for (auto& fresh : events) {
    TRY(auto payload, parse_payload(fresh.payload, fresh.kind));
    json::value plain;
    if (vault_ && (fresh.payload.find("\"$personal\"") != std::string::npos ||
                   fresh.payload.find("\"$sealed\"") != std::string::npos)) {
      CHECK_OK(vault_->seal(payload));
      fresh.payload = base::to_text(payload);
      add_subjects(payload, subjects);
      plain = payload;
      vault_->open(plain);  // what a replay will see
    }
    auto at = versions.find(fresh.stream);
    if (at == versions.end()) {
      TRY(const auto version, next_version(fresh.stream));
      at = versions.emplace(fresh.stream, version - 1).first;
    }
    commit.events.push_back({store_.size() + events_ + commit.events.size() + 1, now_us,
                             std::move(fresh.stream), ++at->second, std::move(fresh.kind),
                             request.actor, command_id, std::move(fresh.payload)});
    commit.payloads.push_back(std::move(payload));
    opened.push_back(std::move(plain));
  }
  // A key made here is not known to anybody who could send it again.
  const bool is_repeatable =
      !request.idempotency_key.empty() && command_id == request.idempotency_key;
  std::string body;
  if (is_repeatable && request.key_of == KeyOf::kRequest) {
    TRY(body, recognise_body(request.body, vault_, subjects));
  }
  CommandReply reply;
  for (std::size_t i = 0; i < commit.events.size(); ++i) {
    const Event& event = commit.events[i];
    const auto& payload = opened[i].is_null() ? commit.payloads[i] : opened[i];
    state_.evolve(event, payload);
    if (auto subject = erased_subject(event, payload); !subject.empty())
      erased_.push_back(std::move(subject));
    reply.events.push_back(event.seq);
    reply.streams.push_back(event.stream);
    reply.seq = event.seq;
  }
  for (const auto& [stream, version] : versions) versions_[stream] = version;
  events_ += commit.events.size();
  json::object saved{
      {"command", request.name}, {"actor", request.actor}, {"events", commit.events.size()}};
  if (!body.empty()) saved["body"] = body;
  commit.reply = base::to_text(saved);
  if (is_repeatable)
    by_key_[command_id] = {reply, request.name, request.actor, std::move(body),
                           std::move(subjects)};
  commits_.push_back(std::move(commit));
  return reply;
}

}  // namespace fulcrum::control
