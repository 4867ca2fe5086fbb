#pragma once
// The pillar on a memory ledger, without an engine: one command at a time, at a given time.
#include <gtest/gtest.h>

#include "ledger/store.h"
#include "sched/decide.h"
#include "sched/pillar.h"
#include "sched/read_models.h"
#include "sched/refusal.h"
#include "sched/schedule.h"

namespace fulcrum::sched {

class Bench {
 public:
  base::Result<std::vector<std::string>> send(std::string_view command, std::string_view body,
                                              const std::string& actor = "service/dispatcher",
                                              ledger::Role role = ledger::Role::kService) {
    auto parsed = base::parse_json(body, "body");
    if (!parsed) return base::Failure(parsed.error());
    const ledger::Context context{now_us, actor, role, &ids_, &random_};
    auto decided = pillar->decide(command, *parsed, context);
    if (!decided) return base::Failure(decided.error());
    ledger::Commit commit{"c" + std::to_string(++commands_), "{}", {}};
    std::vector<std::string> streams;
    for (auto& made : *decided) {
      const auto seq = store->size() + commit.events.size() + 1;
      commit.events.push_back({seq, now_us, made.stream, ++versions_[made.stream], made.kind, actor,
                               commit.command_id, made.payload});
      streams.push_back(made.stream);
    }
    const auto appended = store->append(std::span(&commit, 1),
                                        [&](const auto& event, const auto& payload, auto& tables) {
                                          pillar->project(event, payload, tables);
                                        });
    if (!appended) return base::Failure(appended.error());
    for (const auto& event : commit.events)
      pillar->evolve(event, *base::parse_json(event.payload, "event"));
    return streams;
  }

  base::json::value ask(std::string_view query, std::string_view parameters) {
    auto answer = pillar->answer(query, *base::parse_json(parameters, "query"), store->tables());
    EXPECT_TRUE(answer) << base::describe(answer.error());
    return answer ? *answer : base::json::value();
  }

  const State& state() const { return state_of(*pillar); }

  std::int64_t now_us = 1'000'000'000;
  std::unique_ptr<ledger::Pillar> pillar = make_pillar();
  std::unique_ptr<ledger::Store> store = ledger::open_memory_store({table_specs(), {}});

 private:
  base::IdSource ids_{1};
  base::Random random_{1};
  std::map<std::string, std::uint64_t> versions_;
  int commands_ = 0;
};

/// Two P100, the node of the tests that send commands.
inline constexpr const char* kNode =
    R"({"name":"n1","cpu_milli":8000,"price_usd_per_hour":8,)"
    R"("devices":[{"index":0,"model":"P100"},{"index":1,"model":"P100"}]})";

/// The job that a submission made.
inline std::string job_of(const base::Result<std::vector<std::string>>& streams) {
  EXPECT_TRUE(streams) << base::describe(streams.error());
  return streams ? streams->front().substr(4) : "";
}

/// The body of job.start on kNode.
inline std::string start(const std::string& job, const std::string& devices) {
  return R"({"job":")" + job + R"(","node":"n1","devices":)" + devices + "}";
}

/// The same starts in the same order, and the same reasons for the others.
inline bool same(const Schedule& a, const Schedule& b) {
  if (a.placements.size() != b.placements.size() || a.refusals.size() != b.refusals.size())
    return false;
  for (std::size_t i = 0; i < a.placements.size(); ++i) {
    const Placement &one = a.placements[i], &other = b.placements[i];
    if (one.job != other.job || one.node != other.node ||
        one.taken.devices != other.taken.devices || one.more.size() != other.more.size())
      return false;
    for (std::size_t task = 0; task < one.more.size(); ++task)
      if (one.more[task].node != other.more[task].node ||
          one.more[task].taken.devices != other.more[task].taken.devices)
        return false;
  }
  if (a.preemptions.size() != b.preemptions.size()) return false;
  for (std::size_t i = 0; i < a.preemptions.size(); ++i)
    if (a.preemptions[i].job != b.preemptions[i].job ||
        a.preemptions[i].for_job != b.preemptions[i].for_job)
      return false;
  for (std::size_t i = 0; i < a.refusals.size(); ++i)
    if (a.refusals[i].job != b.refusals[i].job ||
        sentence(a.refusals[i].refusal) != sentence(b.refusals[i].refusal))
      return false;
  return true;
}

inline Node gpu_node(const std::string& name, std::uint32_t gpus,
                     const std::string& model = "P100") {
  Node node;
  node.name = name;
  node.cpu_milli = 8000;
  node.memory_bytes = std::int64_t{64} << 30;
  node.price_usd_per_hour = 8;
  for (std::uint32_t i = 0; i < gpus; ++i) node.devices.push_back({i, model, 0});
  return node;
}

inline OpenJob waiting(const std::string& id, std::uint64_t order, std::uint32_t gpus,
                       double priority = 1) {
  OpenJob job;
  job.id = id;
  job.order = order;
  job.spec.name = id;
  job.spec.owner = "anna";
  job.spec.priority = priority;
  job.spec.resources.gpus = gpus;
  return job;
}

}  // namespace fulcrum::sched
