#pragma once
// Pillars on a memory ledger, without an engine's threads: what a pillar's tests drive. Time is
// what the test says; ids and randomness are seeded.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "ledger/pillar.h"
#include "ledger/store.h"

namespace fulcrum::tests {

namespace json = base::json;

class PillarBench {
 public:
  explicit PillarBench(std::vector<std::unique_ptr<ledger::Pillar>> pillars)
      : pillars_(std::move(pillars)) {
    std::vector<ledger::TableSpec> tables;
    for (const auto& pillar : pillars_)
      tables.insert(tables.end(), pillar->tables().begin(), pillar->tables().end());
    store_ = ledger::open_memory_store({std::move(tables), {}});
  }

  std::int64_t now_us = 1'000'000'000;
  std::string actor = "member/ada";
  ledger::Role role = ledger::Role::kOwner;

  /// The last seq after the command; its events are stored, projected and evolved, and the state
  /// is saved and restored on the way.
  base::Result<std::uint64_t> send(std::string_view command, std::string_view body) {
    TRY(auto parsed, base::parse_json(body, "test body"));
    for (const auto& pillar : pillars_) {
      for (const auto& spec : pillar->commands()) {
        if (spec.name != command) continue;
        const ledger::Context context{now_us, actor, role, &ids_, &random_};
        TRY(auto events, pillar->decide(command, parsed, context));
        CHECK_OK(append(std::move(events)));
        return store_->size();
      }
    }
    return base::usage("command.unknown", std::string(command));
  }
  /// Appends events as they are, whoever would make them.
  base::Status append(ledger::NewEvents events) {
    if (events.empty()) return {};
    ledger::Commit commit{ids_.next(now_us), "{}", {}};
    for (auto& event : events) {
      TRY(auto version, store_->stream_version(event.stream));
      version += ++extra_[event.stream];
      commit.events.push_back({store_->size() + commit.events.size() + 1, now_us, event.stream,
                               version, event.kind, actor, commit.command_id,
                               std::move(event.payload)});
    }
    extra_.clear();
    const auto project = [this](const ledger::Event& event, const json::value& payload,
                                ledger::TableWriter& tables) {
      for (const auto& pillar : pillars_) pillar->project(event, payload, tables);
    };
    const std::vector<ledger::Commit> group{commit};
    CHECK_OK(store_->append(group, project));
    for (const auto& event : commit.events) {
      TRY(const auto payload, base::parse_json(event.payload, "payload"));
      for (const auto& pillar : pillars_) {
        pillar->evolve(event, payload);
        const auto saved = pillar->save();
        CHECK_OK(pillar->restore(saved));
        EXPECT_EQ(base::to_text(pillar->save()), base::to_text(saved)) << event.kind;
      }
    }
    return {};
  }

  /// The command must be accepted.
  std::uint64_t ok(std::string_view command, std::string_view body) {
    const auto seq = send(command, body);
    EXPECT_TRUE(seq) << command << " " << body << ": " << (seq ? "" : describe(seq.error()));
    return seq ? *seq : 0;
  }
  /// The command must be refused; its error's code.
  std::string refusal(std::string_view command, std::string_view body) {
    const auto seq = send(command, body);
    EXPECT_FALSE(seq) << command << " " << body << " was accepted";
    return seq ? std::string() : seq.error().code;
  }
  base::Result<json::value> query(std::string_view name, std::string_view parameters = "{}") const {
    TRY(auto parsed, base::parse_json(parameters, "test parameters"));
    for (const auto& pillar : pillars_)
      for (const auto& spec : pillar->queries())
        if (spec.name == name) return pillar->answer(name, parsed, store_->tables());
    return base::usage("query.unknown", std::string(name));
  }
  /// The query must be answered.
  json::value ask(std::string_view name, std::string_view parameters = "{}") const {
    auto answer = query(name, parameters);
    EXPECT_TRUE(answer) << name << ": " << (answer ? "" : describe(answer.error()));
    return answer ? std::move(*answer) : json::value(json::object{});
  }

  const ledger::Pillar& pillar(std::size_t index) const { return *pillars_[index]; }
  const ledger::TableReader& tables() const { return store_->tables(); }
  std::uint64_t size() const { return store_->size(); }

 private:
  std::vector<std::unique_ptr<ledger::Pillar>> pillars_;
  std::unique_ptr<ledger::Store> store_;
  std::map<std::string, std::uint64_t> extra_;
  base::IdSource ids_{1};
  base::Random random_{1};
};

template <class... Made>
std::vector<std::unique_ptr<ledger::Pillar>> pillars_of(Made... made) {
  std::vector<std::unique_ptr<ledger::Pillar>> pillars;
  (pillars.push_back(std::move(made)), ...);
  return pillars;
}

}  // namespace fulcrum::tests
