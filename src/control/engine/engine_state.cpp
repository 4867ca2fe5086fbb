#include "control/engine/engine_state.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/json/parser.hpp>
#include <exception>

#include "base/compress.h"
#include "base/hash.h"

namespace fulcrum::control {

namespace json = base::json;
using ledger::Event;
using ledger::Pillar;

namespace {

/// A snapshot decompresses to at most this; anything larger is damaged.
constexpr std::uint64_t kMaxSnapshotBytes = 4ULL << 30;

}  // namespace

std::string erased_subject(const Event& event, const json::value& payload) {
  if (event.kind != ledger::kSubjectErased) return {};
  return base::get_string(payload, "subject");
}

EngineState::EngineState(std::vector<std::unique_ptr<Pillar>> pillars, ledger::SubjectVault* vault)
    : pillars_(std::move(pillars)), vault_(vault) {
  for (const auto& pillar : pillars_) {
    for (const auto& command : pillar->commands())
      commands_[command.name] = {pillar.get(), command.role};
    for (const auto& query : pillar->queries())
      queries_[query.name] = {pillar.get(), query.role, &query};
  }
}

const Pillar* EngineState::pillar(std::string_view name) const {
  for (const auto& pillar : pillars_)
    if (pillar->name() == name) return pillar.get();
  return nullptr;
}

EngineState::Found EngineState::find_command(std::string_view name) const {
  const auto found = commands_.find(name);
  return found == commands_.end() ? Found{} : found->second;
}

EngineState::Found EngineState::find_query(std::string_view name) const {
  const auto found = queries_.find(name);
  return found == queries_.end() ? Found{} : found->second;
}

void EngineState::evolve(const Event& event, const json::value& payload) {
  last_time_us_ = event.time_us;
  for (const auto& pillar : pillars_) {
    try {
      pillar->evolve(event, payload);
    } catch (const std::exception& error) {
      // The same event does the same when it is replayed, so going on stays reproducible.
      spdlog::error("{}: event {} ({}): {}", pillar->name(), event.seq, event.kind, error.what());
    }
  }
}

ledger::Project EngineState::project() const {
  return [this](const Event& event, const json::value& payload, ledger::TableWriter& tables) {
    for (const auto& pillar : pillars_) pillar->project(event, payload, tables);
  };
}

std::string EngineState::shape() const {
  std::string shapes;
  for (const auto& pillar : pillars_) {
    shapes += fmt::format("{} {}\n", pillar->name(), pillar->state_shape());
  }
  return base::sha256_hex(shapes);
}

base::Result<json::value> EngineState::save_json() const {
  json::object states;
  for (const auto& pillar : pillars_) states[pillar->name()] = pillar->save();
  json::value saved = std::move(states);
  if (vault_) CHECK_OK(vault_->seal(saved));
  return saved;
}

base::Status EngineState::restore_json(const json::value& saved) {
  json::value states = saved;
  if (vault_) vault_->open(states);
  for (const auto& pillar : pillars_) {
    const auto* state =
        states.is_object() ? states.get_object().if_contains(pillar->name()) : nullptr;
    if (!state)
      return base::failed("ledger.snapshot", fmt::format("no state of {}", pillar->name()));
    CHECK_OK(pillar->restore(*state));
  }
  return {};
}

base::Result<std::string> EngineState::save() const {
  TRY(auto states, save_json());
  const std::string text = base::to_text(json::object{{"format", 1},
                                                      {"shape", shape()},
                                                      {"time_us", last_time_us_},
                                                      {"states", std::move(states)}});
  TRY(std::string packed, base::compress(text, 1));
  return packed;
}

base::Status EngineState::blank_erased() {
  if (!vault_) return {};
  TRY(const auto states, save_json());
  return restore_json(states);
}

void EngineState::clear() {
  for (const auto& pillar : pillars_) {
    if (const auto status = pillar->restore(json::object{}); !status)
      spdlog::error("{}: {}", pillar->name(), status.error().message);
  }
  last_time_us_ = 0;
}

bool EngineState::restore(const ledger::Snapshot& snapshot) {
  const auto text = base::decompress(snapshot.body, kMaxSnapshotBytes);
  if (!text) return false;
  const auto saved = base::parse_json(*text, "snapshot");
  if (!saved || base::get_integer(*saved, "format") != 1 ||
      base::get_string(*saved, "shape") != shape())
    return false;
  const auto* states = base::find_path(*saved, "states");
  if (!states || !restore_json(*states)) return false;
  last_time_us_ = base::get_integer(*saved, "time_us");
  return true;
}

base::Status EngineState::load(ledger::Store& store, std::vector<std::string>& erased) {
  clear();
  replayed_ = 0;
  snapshot_seq_ = 0;
  if (const auto snapshot = store.snapshot(); snapshot && snapshot->has_value()) {
    if ((*snapshot)->seq <= store.size() && restore(**snapshot)) {
      snapshot_seq_ = (*snapshot)->seq;
    } else {
      spdlog::warn("the snapshot at event {} does not fit and is dropped", (*snapshot)->seq);
      clear();
      CHECK_OK(store.drop_snapshots());
    }
  }
  json::parser parser;
  base::Status status;
  auto read = store.read(snapshot_seq_ + 1, 0, [&](const Event& event) {
    boost::system::error_code error;
    parser.reset();
    parser.write(event.payload, error);
    if (error) {
      status = base::failed("ledger.replay", fmt::format("event {}: the payload is not JSON ({})",
                                                         event.seq, error.message()));
      return false;
    }
    json::value payload = parser.release();
    if (vault_) vault_->open(payload);
    if (auto subject = erased_subject(event, payload); !subject.empty())
      erased.push_back(std::move(subject));
    evolve(event, payload);
    ++replayed_;
    return true;
  });
  if (!read) return base::failed("ledger.replay", read.error().message);
  if (status && snapshot_seq_ + replayed_ != store.size())
    return base::failed(
        "ledger.replay",
        fmt::format("replayed to event {} of {}", snapshot_seq_ + replayed_, store.size()),
        "fulcrum ledger verify says where the ledger is damaged");
  return status;
}

}  // namespace fulcrum::control
