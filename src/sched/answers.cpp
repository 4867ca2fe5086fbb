// Reads: jobs, nodes, the queue and why a job waits.
#include <fmt/format.h>

#include "base/codec.h"
#include "sched/decide.h"
#include "sched/policies.h"
#include "sched/schedule.h"

namespace fulcrum::sched {

namespace {

namespace json = base::json;
using ledger::Row;
using ledger::TableReader;

ClusterView view_of(const State& state) {
  return {state.nodes, state.jobs, state.policy, state.place};
}

base::Result<std::vector<Row>> find_job(const TableReader& tables, const std::string& job) {
  const std::string id = job.starts_with("job/") ? job.substr(4) : job;
  TRY(auto rows,
      tables.select(
          {.table = "sched_jobs", .where = {{.column = "job", .value = id}}, .limit = 1}));
  if (!rows.empty()) return rows;
  TRY(rows, tables.select({.table = "sched_jobs",
                           .where = {{.column = "name", .value = job}},
                           .order = {"-submitted_us", "-job"},
                           .limit = 1}));
  if (!rows.empty()) return rows;
  return base::not_found("job.unknown", fmt::format("there is no job {}", job),
                         "`fulcrum job list` shows them");
}

json::object reason_json(const Refusal& refusal) {
  json::object reason = base::encode(refusal).get_object();
  reason["text"] = sentence(refusal);
  return reason;
}

}  // namespace

base::Result<json::value> answer(const State&, const ListJobs& query, const TableReader& tables) {
  ledger::Select select{
      .table = "sched_jobs", .where = {}, .order = {"-submitted_us", "-job"}, .limit = query.limit};
  if (!query.state.empty()) select.where.push_back({.column = "state", .value = query.state});
  if (!query.project.empty()) select.where.push_back({.column = "project", .value = query.project});
  if (!query.owner.empty()) select.where.push_back({.column = "owner", .value = query.owner});
  TRY(const auto rows, tables.select(select));
  json::array jobs;
  for (const auto& row : rows) jobs.push_back(ledger::row_as_json(*tables.spec(select.table), row));
  return json::object{{"jobs", std::move(jobs)}};
}

base::Result<json::value> answer(const State& state, const ShowJob& query,
                                 const TableReader& tables) {
  TRY(const auto rows, find_job(tables, query.job));
  json::object job = ledger::row_as_json(*tables.spec("sched_jobs"), rows.front());
  const std::string id(job.at("job").get_string());
  TRY(const auto starts,
      tables.select({.table = "sched_allocations", .where = {{.column = "job", .value = id}}}));
  json::array shown;
  for (const auto& row : starts)
    shown.push_back(ledger::row_as_json(*tables.spec("sched_allocations"), row));
  job["allocations"] = std::move(shown);
  if (const auto open = state.jobs.find(id); open != state.jobs.end())
    job["spec"] = base::encode(open->second.spec);
  return job;
}

base::Result<json::value> answer(const State& state, const WhyJob& query,
                                 const TableReader& tables) {
  TRY(const auto rows, find_job(tables, query.job));
  const std::string id = ledger::as_text(rows.front()[0]);
  const auto open = state.jobs.find(id);
  json::object answer{{"job", id}};
  if (open == state.jobs.end() || open->second.phase == JobPhase::kRunning) {
    const bool running = open != state.jobs.end();
    answer["state"] = running ? "running" : "ended";
    answer["text"] = running ? "it runs on " + open->second.node : "it has ended";
    return answer;
  }
  answer["state"] = base::enum_name(open->second.phase);
  Cache cache;
  const Schedule next = schedule(view_of(state), {}, cache);
  std::uint64_t ahead = 0;
  for (const auto& placement : next.placements) {
    if (placement.job != id) continue;
    answer["text"] = fmt::format("it is about to start on {}", placement.node);
    return answer;
  }
  std::vector<const OpenJob*> queued;
  for (const auto& [name, job] : state.jobs)
    if (job.phase == JobPhase::kQueued) queued.push_back(&job);
  find_order(state.policy)(view_of(state), queued);
  for (const OpenJob* job : queued) {
    if (job->id == id) break;
    ++ahead;
  }
  if (open->second.phase == JobPhase::kQueued) answer["jobs_ahead"] = ahead;
  for (const auto& refused : next.refusals) {
    if (refused.job != id) continue;
    answer["reason"] = reason_json(refused.refusal);
    answer["text"] = sentence(refused.refusal);
  }
  answer["policy"] = state.policy;
  return answer;
}

base::Result<json::value> answer(const State& state, const ListNodes&, const TableReader& tables) {
  json::array nodes;
  for (const auto& [name, node] : state.nodes) {
    json::object shown = base::encode(node).get_object();
    TRY(const auto rows,
        tables.select({.table = "sched_nodes", .where = {{.column = "node", .value = name}}}));
    if (!rows.empty()) {
      const json::object row = ledger::row_as_json(*tables.spec("sched_nodes"), rows.front());
      for (const auto column : {"one_thread_gflop_per_s", "all_threads_gflop_per_s",
                                "memory_gb_per_s", "since_us", "assessed_us"})
        shown[column] = row.at(column);
    }
    shown["name"] = name;
    nodes.push_back(std::move(shown));
  }
  return json::object{{"nodes", std::move(nodes)}};
}

base::Result<json::value> answer(const State& state, const ShowQueue& query, const TableReader&) {
  std::vector<const OpenJob*> waiting;
  std::uint64_t running = 0;
  for (const auto& [id, job] : state.jobs) {
    if (job.phase == JobPhase::kRunning) ++running;
    if (job.phase == JobPhase::kQueued) waiting.push_back(&job);
  }
  const std::uint64_t queued = waiting.size();
  find_order(state.policy)(view_of(state), waiting);
  for (const auto& [id, job] : state.jobs)
    if (job.phase == JobPhase::kHeld) waiting.push_back(&job);
  Cache cache;
  const Schedule next = schedule(view_of(state), {}, cache);
  std::map<std::string, const Refusal*> reasons;
  for (const auto& refused : next.refusals) reasons[refused.job] = &refused.refusal;
  json::array shown;
  for (const OpenJob* job : waiting) {
    if (shown.size() == query.limit) break;
    json::object line{{"position", shown.size() + 1},     {"job", job->id},
                      {"name", job->spec.name},           {"owner", job->spec.owner},
                      {"project", job->spec.project},     {"priority", job->spec.priority},
                      {"gpus", job->spec.resources.gpus}, {"state", base::enum_name(job->phase)},
                      {"simulated", job->spec.simulated}, {"submitted_us", job->submitted_us}};
    const auto reason = reasons.find(job->id);
    line["reason"] = reason == reasons.end() ? json::value(nullptr) : reason_json(*reason->second);
    line["text"] = reason == reasons.end() ? "about to start" : sentence(*reason->second);
    shown.push_back(std::move(line));
  }
  return json::object{{"policy", state.policy},
                      {"running", running},
                      {"queued", queued},
                      {"held", waiting.size() - queued},
                      {"waiting", std::move(shown)}};
}

}  // namespace fulcrum::sched
