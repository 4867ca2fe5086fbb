// Reads: jobs, nodes, the queue and why a job waits.
#include <fmt/format.h>

#include <algorithm>

#include "base/codec.h"
#include "sched/arrays.h"
#include "sched/decide.h"
#include "sched/eta.h"
#include "sched/schedule.h"
#include "sched/waiting.h"

namespace fulcrum::sched {

namespace {

namespace json = base::json;
using ledger::Row;
using ledger::TableReader;

constexpr std::size_t kIdLength = 26;  // of a ULID
constexpr std::uint64_t kFewAhead = 5;
constexpr std::uint64_t kPastRuns = 20'000;  // the newest

std::string without_stream(const std::string& job) {
  return job.starts_with("job/") ? job.substr(4) : job;
}

base::Result<std::vector<Row>> find_job(const TableReader& tables, const std::string& job) {
  const std::string id = without_stream(job);
  TRY(auto rows,
      tables.select(
          {.table = "sched_jobs", .where = {{.column = "job", .value = id}}, .limit = 1}));
  if (!rows.empty()) return rows;
  // FULCRUM_JOB of a second start.
  if (const auto dot = id.rfind('.');
      dot != std::string::npos && dot >= kIdLength && id.find_last_not_of("0123456789") == dot)
    return find_job(tables, id.substr(0, dot));
  TRY(rows, tables.select({.table = "sched_jobs",
                           .where = {{.column = "name", .value = job}},
                           .order = {"-submitted_us", "-job"},
                           .limit = 1}));
  if (!rows.empty()) return rows;
  return base::not_found("job.unknown", fmt::format("there is no job {}", job),
                         "`fulcrum job list` shows them");
}

/// Who stands for an open array: the first that waits, else the first that runs. Others stand for
/// themselves.
std::string one_of(const State& state, const std::string& job) {
  const auto jobs = jobs_of_array(state, without_stream(job));
  if (jobs.empty()) return job;
  const auto first = std::min_element(jobs.begin(), jobs.end(), [](const auto* a, const auto* b) {
    const auto rank = [](const OpenJob& one) {
      return one.phase == JobPhase::kQueued ? 0 : one.phase == JobPhase::kRunning ? 2 : 1;
    };
    return rank(*a) < rank(*b);
  });
  return (*first)->id;
}

json::object briefly(const OpenJob& job) {
  return {{"job", job.id},
          {"name", job.spec.name},
          {"owner", job.spec.owner},
          {"priority", job.spec.priority},
          {"gpus", job.spec.resources.gpus},
          {"tasks", job.spec.tasks}};
}

/// Jobs that ran to their ends by themselves, newest first.
base::Result<json::array> past_jobs(const TableReader& tables) {
  json::array jobs;
  for (const char* state : {"succeeded", "failed"}) {
    TRY(const auto rows, tables.select({.table = "sched_jobs",
                                        .where = {{.column = "state", .value = std::string(state)}},
                                        .order = {"-submitted_us", "-job"},
                                        .limit = kPastRuns}));
    for (const auto& row : rows)
      jobs.push_back(ledger::row_as_json(*tables.spec("sched_jobs"), row));
  }
  std::stable_sort(jobs.begin(), jobs.end(), [](const json::value& a, const json::value& b) {
    return base::get_integer(a, "submitted_us") > base::get_integer(b, "submitted_us");
  });
  return jobs;
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
  if (!query.array.empty()) {
    select.where.push_back({.column = "array", .value = query.array});
    select.order = {"array_index"};
  }
  if (!query.owner.empty()) select.where.push_back({.column = "owner", .value = query.owner});
  TRY(const auto rows, tables.select(select));
  json::array jobs;
  for (const auto& row : rows) jobs.push_back(ledger::row_as_json(*tables.spec(select.table), row));
  return json::object{{"jobs", std::move(jobs)}};
}

base::Result<json::value> answer(const State&, const ListArrays& query, const TableReader& tables) {
  ledger::Select select{.table = "sched_arrays",
                        .where = {},
                        .order = {"-submitted_us", "-array"},
                        .limit = query.limit};
  if (!query.project.empty()) select.where.push_back({.column = "project", .value = query.project});
  if (!query.owner.empty()) select.where.push_back({.column = "owner", .value = query.owner});
  TRY(const auto rows, tables.select(select));
  json::array arrays;
  for (const auto& row : rows)
    arrays.push_back(ledger::row_as_json(*tables.spec(select.table), row));
  return json::object{{"arrays", std::move(arrays)}};
}

base::Result<json::value> answer(const State& state, const ShowJob& query,
                                 const TableReader& tables) {
  TRY(const auto arrays,
      tables.select({.table = "sched_arrays",
                     .where = {{.column = "array", .value = without_stream(query.job)}}}));
  if (!arrays.empty()) return ledger::row_as_json(*tables.spec("sched_arrays"), arrays.front());
  TRY(const auto rows, find_job(tables, query.job));
  json::object job = ledger::row_as_json(*tables.spec("sched_jobs"), rows.front());
  const std::string id(job.at("job").get_string());
  TRY(const auto starts,
      tables.select({.table = "sched_allocations", .where = {{.column = "job", .value = id}}}));
  json::array shown;
  for (const auto& row : starts)
    shown.push_back(ledger::row_as_json(*tables.spec("sched_allocations"), row));
  job["allocations"] = std::move(shown);
  if (const auto open = state.jobs.find(id); open != state.jobs.end()) {
    job["spec"] = base::encode(open->second.spec);
    job["preempt_requested"] = open->second.preempt_requested;
    if (open->second.idle.noticed_us != 0) job["idle"] = base::encode(open->second.idle);
  }
  return job;
}

base::Result<json::value> answer(const State& state, const WhyJob& query,
                                 const TableReader& tables) {
  TRY(const auto rows, find_job(tables, one_of(state, query.job)));
  const std::string id = ledger::as_text(rows.front()[0]);
  const auto open = state.jobs.find(id);
  json::object answer{{"job", id}};
  if (open == state.jobs.end() || open->second.phase == JobPhase::kRunning) {
    const bool running = open != state.jobs.end();
    answer["state"] = running ? "running" : "ended";
    answer["text"] = running ? "it runs on " + open->second.node : "it has ended";
    return answer;
  }
  const OpenJob& waiting = open->second;
  const ClusterView view = view_of(state, state.last_us);
  answer["state"] = base::enum_name(waiting.phase);
  answer["policy"] = state.policy;
  if (waiting.phase == JobPhase::kQueued &&
      !out_of_money(state.quotas, waiting.spec, view.now_us)) {
    json::array first;
    std::uint64_t ahead = 0;
    for (const auto& other : queue_order(view, waiting.spec.simulated)) {
      if (other == id) break;
      if (++ahead <= kFewAhead) first.push_back(briefly(state.jobs.at(other)));
    }
    answer["jobs_ahead"] = ahead;
    answer["ahead"] = std::move(first);
  }
  Cache cache;
  const Schedule next = schedule(view, {}, cache);
  for (const auto& placement : next.placements) {
    if (placement.job != id) continue;
    answer["text"] = fmt::format("it is about to start on {}", placement.node);
    answer["unblock"] = base::encode(Unblock{.when = "now", .jobs = {}, .nodes = {}});
    return answer;
  }
  for (const auto& refused : next.refusals) {
    if (refused.job != id) continue;
    answer["reason"] = reason_json(refused.refusal);
    answer["unblock"] = base::encode(unblock(view, waiting, refused.refusal));
    answer["text"] = sentence(refused.refusal);
  }
  return answer;
}

base::Result<json::value> answer(const State& state, const EtaJob& query,
                                 const TableReader& tables) {
  TRY(const auto rows, find_job(tables, one_of(state, query.job)));
  const std::string id = ledger::as_text(rows.front()[0]);
  const auto open = state.jobs.find(id);
  json::object answer{{"job", id}, {"p50_us", nullptr}, {"p90_us", nullptr}};
  if (open == state.jobs.end() || open->second.phase == JobPhase::kRunning) {
    const bool running = open != state.jobs.end();
    answer["state"] = running ? "running" : "ended";
    if (running) answer["p50_us"] = answer["p90_us"] = open->second.started_us;
    answer["basis"] = json::object{{"reason", running ? "it runs" : "it has ended"}};
    return answer;
  }
  answer["state"] = base::enum_name(open->second.phase);
  if (open->second.phase != JobPhase::kQueued) {
    answer["basis"] = json::object{{"reason", "nobody knows when it may go into the queue"}};
    return answer;
  }
  const std::int64_t now_us = std::max(query.now_us, state.last_us);
  TRY(const json::array past, past_jobs(tables));
  const Eta found = eta(view_of(state, now_us), open->second, past, {query.draws, query.seed});
  const auto moment = [&](double seconds) {
    return seconds < 0 ? json::value(nullptr)
                       : json::value(now_us + static_cast<std::int64_t>(seconds * 1e6));
  };
  answer["now_us"] = now_us;
  answer["p50_us"] = moment(found.p50_s);
  answer["p90_us"] = moment(found.p90_s);
  answer["basis"] = json::object{
      {"draws", found.draws},
      {"seed", query.seed},
      {"never_started", found.never},
      {"jobs_before", found.jobs_before},
      {"past_runs", found.past_runs},
      {"run_times_from", base::encode(found.groups)},
      {"policy", state.policy},
      {"later_jobs", found.foresees ? "as on past days" : "cannot overtake it"},
      {"corrected_by", found.corrected_by},
      {"uncorrected",
       json::object{{"p50_us", moment(found.plain_p50_s)}, {"p90_us", moment(found.plain_p90_s)}}}};
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
  const ClusterView view = view_of(state, state.last_us);
  std::vector<const OpenJob*> waiting;
  for (const bool simulated : {false, true})
    for (const auto& id : queue_order(view, simulated)) waiting.push_back(&state.jobs.at(id));
  for (const auto& [id, job] : state.jobs)
    if (job.phase == JobPhase::kQueued && out_of_money(state.quotas, job.spec, view.now_us))
      waiting.push_back(&job);
  const std::uint64_t queued = waiting.size();
  std::uint64_t running = 0;
  for (const auto& [id, job] : state.jobs) {
    if (job.phase == JobPhase::kRunning) ++running;
    if (job.phase == JobPhase::kHeld || job.phase == JobPhase::kBlocked) waiting.push_back(&job);
  }
  Cache cache;
  const Schedule next = schedule(view, {}, cache);
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
