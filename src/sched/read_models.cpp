#include "sched/read_models.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "sched/arrays.h"

namespace fulcrum::sched {

using enum ledger::ColumnType;
namespace json = base::json;

namespace {

ledger::TableSpec jobs_table() {
  return {.name = "sched_jobs",
          .columns = {{"job", kText},
                      {"name", kText},
                      {"project", kText},
                      {"owner", kText},
                      {"job_class", kText},
                      {"priority", kReal},
                      {"state", kText},
                      {"simulated", kInteger},
                      {"gpus", kInteger},
                      {"gpu_milli", kInteger},
                      {"cpu_milli", kInteger},
                      {"memory_bytes", kInteger},
                      {"node", kText},
                      {"starts", kInteger},
                      {"submitted_us", kInteger},
                      {"started_us", kInteger},
                      {"ended_us", kInteger},
                      {"exit_code", kInteger},
                      {"signal", kInteger},
                      {"detail", kText},
                      {"predicted_s", kReal},
                      {"time_limit_s", kReal},
                      {"cpu_s", kReal},
                      {"peak_memory_bytes", kInteger},
                      {"allocated_device_s", kReal},
                      {"useful_device_s", kReal},
                      {"cost_usd", kReal},
                      {"team", kText},
                      {"tasks", kInteger},
                      {"deadline_us", kInteger},
                      {"preemptions", kInteger},
                      {"kept_s", kReal},
                      {"lost_device_s", kReal},
                      {"gpu_model", kText},
                      {"custom", kText},      // amounts by name, as JSON
                      {"depends_on", kText},  // jobs, as JSON
                      {"queued_us", kInteger},
                      {"device_kind", kText},
                      {"array", kText},
                      {"array_index", kInteger}},
          .key_columns = 1,
          .indexed = {"state", "name", "project", "owner", "array"}};
}

/// How many of its jobs are where.
ledger::TableSpec arrays_table() {
  return {.name = "sched_arrays",
          .columns = {{"array", kText},
                      {"name", kText},
                      {"project", kText},
                      {"owner", kText},
                      {"range", kText},
                      {"jobs", kInteger},
                      {"waiting", kInteger},
                      {"running", kInteger},
                      {"succeeded", kInteger},
                      {"failed", kInteger},  // whatever ended otherwise
                      {"submitted_us", kInteger},
                      {"ended_us", kInteger}},
          .key_columns = 1,
          .indexed = {"project", "owner"}};
}

/// One row a start.
ledger::TableSpec allocations_table() {
  return {.name = "sched_allocations",
          .columns = {{"job", kText},
                      {"attempt", kInteger},
                      {"project", kText},
                      {"owner", kText},
                      {"simulated", kInteger},
                      {"node", kText},
                      {"devices", kText},
                      {"device_milli", kInteger},
                      {"cpu_milli", kInteger},
                      {"memory_bytes", kInteger},
                      {"price_usd_per_hour", kReal},
                      {"started_us", kInteger},
                      {"ended_us", kInteger},
                      {"useful_device_s", kReal},
                      {"allocated_device_s", kReal},
                      {"cost_usd", kReal},
                      {"cpu_s", kReal},
                      {"isolation", kText},
                      {"lost_device_s", kReal},
                      {"outcome", kText},
                      {"preempt_reason", kText},
                      {"made_room_for", kText}},
          .key_columns = 2,
          .indexed = {"project", "ended_us"}};
}

ledger::TableSpec nodes_table() {
  return {.name = "sched_nodes",
          .columns = {{"node", kText},
                      {"availability", kText},
                      {"device_kind", kText},
                      {"devices", kInteger},
                      {"model", kText},
                      {"cpu_milli", kInteger},
                      {"memory_bytes", kInteger},
                      {"price_usd_per_hour", kReal},
                      {"simulated", kInteger},
                      {"since_us", kInteger},
                      {"one_thread_gflop_per_s", kReal},
                      {"all_threads_gflop_per_s", kReal},
                      {"memory_gb_per_s", kReal},
                      {"assessed_us", kInteger}}};
}

/// What there was to allocate, from when to when; until_us 0: still.
ledger::TableSpec capacity_table() {
  return {.name = "sched_capacity",
          .columns = {{"node", kText},
                      {"since_us", kInteger},
                      {"until_us", kInteger},
                      {"devices", kInteger},
                      {"price_usd_per_hour", kReal},
                      {"simulated", kInteger}},
          .key_columns = 2,
          .indexed = {}};
}

/// A row by column name, written back whole.
class Record {
 public:
  Record(ledger::TableWriter& tables, const ledger::TableSpec& spec, ledger::Row key)
      : tables_(tables), spec_(spec) {
    auto found = tables.get(spec.name, key);
    is_new_ = !found;
    row_ = found ? std::move(*found) : std::move(key);
    row_.resize(spec.columns.size(), nullptr);
  }
  bool is_new() const { return is_new_; }
  ledger::Value& operator[](std::string_view column) {
    const auto found = std::find_if(spec_.columns.begin(), spec_.columns.end(),
                                    [&](const auto& c) { return c.name == column; });
    return row_[static_cast<std::size_t>(found - spec_.columns.begin())];
  }
  void save() { tables_.upsert(spec_.name, row_); }

 private:
  ledger::TableWriter& tables_;
  const ledger::TableSpec& spec_;
  ledger::Row row_;
  bool is_new_ = false;
};

const ledger::TableSpec kJobs = jobs_table(), kArrays = arrays_table(),
                        kAllocations = allocations_table(), kNodes = nodes_table(),
                        kCapacity = capacity_table();

const json::value& inside(const json::value& payload, std::string_view key) {
  static const json::value nothing{json::object{}};
  const json::value* found = base::find_path(payload, key);
  return found != nullptr ? *found : nothing;
}

std::int64_t flag(const json::value& object, std::string_view key) {
  return base::get_bool(object, key) ? 1 : 0;
}

void close_capacity(ledger::TableWriter& tables, Record& node, std::int64_t now_us) {
  const std::int64_t since_us = ledger::as_integer(node["since_us"]);
  if (since_us == 0) return;
  Record capacity(tables, kCapacity, {node["node"], since_us});
  capacity["until_us"] = now_us;
  capacity.save();
}

void project_node_added(const ledger::Event& event, const json::value& node,
                        ledger::TableWriter& tables) {
  const std::string name = base::get_string(node, "name");
  const json::value& devices = inside(node, "devices");
  const auto count = devices.is_array() ? static_cast<std::int64_t>(devices.get_array().size()) : 0;
  const std::int64_t cores = base::get_integer(node, "cpu_milli") / 1000;
  const bool of_cores = base::get_string(node, "device_kind") == "core";
  Record record(tables, kNodes, {name});
  close_capacity(tables, record, event.time_us);
  record["availability"] = std::string("up");
  record["device_kind"] = base::get_string(node, "device_kind");
  record["devices"] = count;
  record["model"] = count > 0 ? base::get_string(devices.get_array()[0], "model") : std::string();
  record["cpu_milli"] = base::get_integer(node, "cpu_milli");
  record["memory_bytes"] = base::get_integer(node, "memory_bytes");
  record["price_usd_per_hour"] = base::get_number(node, "price_usd_per_hour");
  record["simulated"] = flag(node, "simulated");
  record["since_us"] = event.time_us;
  record.save();
  tables.upsert(kCapacity.name,
                {name, event.time_us, std::int64_t{0}, of_cores ? cores : count,
                 base::get_number(node, "price_usd_per_hour"), flag(node, "simulated")});
}

void project_node(const ledger::Event& event, const json::value& payload,
                  ledger::TableWriter& tables) {
  if (event.kind == "node.added") return project_node_added(event, inside(payload, "node"), tables);
  if (event.kind == "node.assessed") {
    const json::value& assessment = inside(payload, "assessment");
    Record record(tables, kNodes, {base::get_string(assessment, "node")});
    for (const auto name : {"one_thread_gflop_per_s", "all_threads_gflop_per_s", "memory_gb_per_s"})
      record[name] = base::get_number(assessment, name);
    record["assessed_us"] = event.time_us;
    return record.save();
  }
  const std::string name = base::get_string(payload, "node");
  Record record(tables, kNodes, {name});
  if (event.kind == "node.availability_changed") {
    record["availability"] = base::get_string(payload, "availability");
    return record.save();
  }
  close_capacity(tables, record, event.time_us);
  tables.erase(kNodes.name, {name});
}

/// As JSON; empty when there is nothing in it.
std::string list_text(const json::value& list) {
  const bool holds_something =
      list.is_object() ? !list.get_object().empty() : list.is_array() && !list.get_array().empty();
  return holds_something ? base::to_text(list) : std::string();
}

/// When the last of the jobs that it waited for had ended: then it could have started.
std::int64_t freed_us(Record& job, ledger::TableWriter& tables) {
  std::int64_t last_us = 0;
  const auto waited_for = base::parse_json(ledger::as_text(job["depends_on"]), "depends_on");
  if (!waited_for || !waited_for->is_array()) return last_us;
  for (const auto& one : waited_for->get_array()) {
    for (const ledger::TableSpec* table : {&kJobs, &kArrays}) {
      Record other(tables, *table, {std::string(one.get_string())});
      last_us = std::max(last_us, ledger::as_integer(other["ended_us"]));
    }
  }
  return last_us;
}

/// Of sched_arrays.
std::string column_of(const std::string& state) {
  if (state == "held" || state == "queued") return "waiting";
  return state == "running" || state == "succeeded" ? state : "failed";
}

void set_state(Record& job, const std::string& state, std::int64_t now_us,
               ledger::TableWriter& tables) {
  const std::string before = column_of(ledger::as_text(job["state"])), now = column_of(state);
  job["state"] = state;
  const std::string id = ledger::as_text(job["array"]);
  if (id.empty() || before == now) return;
  Record array(tables, kArrays, {id});
  array[before] = ledger::as_integer(array[before]) - 1;
  array[now] = ledger::as_integer(array[now]) + 1;
  if (ledger::as_integer(array["waiting"]) + ledger::as_integer(array["running"]) == 0)
    array["ended_us"] = now_us;
  array.save();
}

void project_one(const ledger::Event& event, const std::string& job, const std::string& name,
                 const json::value& spec, const std::string& array, std::int64_t index,
                 ledger::TableWriter& tables) {
  const json::value& resources = inside(spec, "resources");
  Record record(tables, kJobs, {job});
  for (const auto column : {"project", "owner", "job_class", "team"})
    record[column] = base::get_string(spec, column);
  for (const auto column : {"priority", "predicted_s", "time_limit_s"})
    record[column] = base::get_number(spec, column);
  for (const auto column : {"gpus", "gpu_milli", "cpu_milli", "memory_bytes"})
    record[column] = base::get_integer(resources, column);
  const bool held = flag(spec, "held") != 0;
  record["name"] = name;
  record["array"] = array;
  record["array_index"] = index;
  record["gpu_model"] = base::get_string(resources, "gpu_model");
  record["device_kind"] = base::get_string(resources, "device_kind");
  record["custom"] = list_text(inside(resources, "custom"));
  record["depends_on"] = list_text(inside(spec, "depends_on"));
  record["queued_us"] = held ? std::int64_t{0} : event.time_us;
  record["state"] = std::string(held ? "held" : "queued");
  record["tasks"] = std::max<std::int64_t>(1, base::get_integer(spec, "tasks"));
  record["deadline_us"] = base::get_integer(spec, "deadline_us");
  record["simulated"] = flag(spec, "simulated");
  record["starts"] = std::int64_t{0};
  record["preemptions"] = std::int64_t{0};
  record["submitted_us"] = event.time_us;
  record.save();
}

void project_submitted(const ledger::Event& event, const json::value& payload,
                       ledger::TableWriter& tables) {
  const json::value& spec = inside(payload, "spec");
  const std::string id = base::get_string(payload, "job"), name = base::get_string(spec, "name");
  const std::string text = base::get_string(spec, "array");
  const auto range = parse_array(text);
  if (text.empty() || !range) return project_one(event, id, name, spec, "", 0, tables);
  Record array(tables, kArrays, {id});
  for (const auto column : {"name", "project", "owner"})
    array[column] = base::get_string(spec, column);
  array["range"] = text;
  array["jobs"] = array["waiting"] = std::int64_t{range->size()};
  array["running"] = array["succeeded"] = array["failed"] = array["ended_us"] = std::int64_t{0};
  array["submitted_us"] = event.time_us;
  array.save();
  for (std::uint32_t index = range->first; index - range->first < range->size(); ++index)
    project_one(event, array_job(id, index), array_job_name(name, index), spec, id, index, tables);
}

void project_started(const ledger::Event& event, const json::value& payload,
                     ledger::TableWriter& tables) {
  const std::string job = base::get_string(payload, "job");
  const std::int64_t attempt = base::get_integer(payload, "attempt");
  const json::value& taken = inside(payload, "taken");
  Record record(tables, kJobs, {job});
  set_state(record, "running", event.time_us, tables);
  record["node"] = base::get_string(payload, "node");
  record["starts"] = attempt;
  if (attempt == 1)
    record["queued_us"] =
        std::max(ledger::as_integer(record["queued_us"]), freed_us(record, tables));
  record["started_us"] = event.time_us;
  Record start(tables, kAllocations, {job, attempt});
  for (const auto name : {"project", "owner", "simulated"}) start[name] = record[name];
  record.save();
  start["node"] = base::get_string(payload, "node");
  start["devices"] = base::to_text(inside(taken, "devices"));
  start["device_milli"] = base::get_integer(payload, "device_milli");
  start["cpu_milli"] = base::get_integer(taken, "cpu_milli");
  start["memory_bytes"] = base::get_integer(taken, "memory_bytes");
  start["price_usd_per_hour"] = base::get_number(payload, "price_usd_per_hour");
  start["started_us"] = event.time_us;
  start["ended_us"] = std::int64_t{0};
  start.save();
}

void add(ledger::Value& sum, double amount) {
  sum = ledger::as_real(sum) + amount;
}

void project_preempt_requested(const json::value& payload, ledger::TableWriter& tables) {
  const std::string id = base::get_string(payload, "job");
  Record job(tables, kJobs, {id});
  Record start(tables, kAllocations, {id, ledger::as_integer(job["starts"])});
  start["preempt_reason"] = base::get_string(payload, "reason");
  start["made_room_for"] = base::get_string(payload, "for_job");
  start.save();
}

/// How a start ended: `outcome`.
void project_run(const ledger::Event& event, const json::value& payload, Record& job,
                 const std::string& outcome, ledger::TableWriter& tables) {
  const json::value& run = inside(payload, "run");
  const std::int64_t attempt = base::get_integer(run, "attempt");
  if (attempt == 0) return;  // it never started
  Record start(tables, kAllocations, {base::get_string(payload, "job"), attempt});
  start["ended_us"] = event.time_us;
  for (const auto name : {"useful_device_s", "allocated_device_s", "cost_usd", "cpu_s"}) {
    start[name] = base::get_number(run, name);
    add(job[name], base::get_number(run, name));
  }
  start["isolation"] = base::get_string(run, "isolation");
  start["outcome"] = outcome;
  start["lost_device_s"] = base::get_number(payload, "lost_device_s");
  add(job["lost_device_s"], base::get_number(payload, "lost_device_s"));
  start.save();
  job["peak_memory_bytes"] = std::max(ledger::as_integer(job["peak_memory_bytes"]),
                                      base::get_integer(run, "peak_memory_bytes"));
}

void project_released(const ledger::Event& event, const json::value& payload,
                      ledger::TableWriter& tables) {
  const std::string id = base::get_string(payload, "job");
  std::vector<std::string> jobs{id};
  Record array(tables, kArrays, {id});
  const auto range = parse_array(ledger::as_text(array["range"]));
  if (!array.is_new() && range) {
    jobs.clear();
    for (std::uint32_t index = range->first; index - range->first < range->size(); ++index)
      jobs.push_back(array_job(id, index));
  }
  for (const std::string& one : jobs) {
    Record job(tables, kJobs, {one});
    if (!array.is_new() && ledger::as_text(job["state"]) != "held") continue;
    job["state"] = std::string("queued");
    job["queued_us"] = event.time_us;
    job.save();
  }
}

void project_job(const ledger::Event& event, const json::value& payload,
                 ledger::TableWriter& tables) {
  if (event.kind == "job.submitted") return project_submitted(event, payload, tables);
  if (event.kind == "job.started") return project_started(event, payload, tables);
  if (event.kind == "job.preempt_requested") return project_preempt_requested(payload, tables);
  if (event.kind == "job.released") return project_released(event, payload, tables);
  Record job(tables, kJobs, {base::get_string(payload, "job")});
  if (event.kind == "job.requeued") {
    set_state(job, "queued", event.time_us, tables);
    job["node"] = nullptr;
    job["detail"] = base::get_string(payload, "detail");
    job["kept_s"] = base::get_number(payload, "kept_s");
    const bool preempted = flag(payload, "preempted") != 0;
    if (preempted) job["preemptions"] = ledger::as_integer(job["preemptions"]) + 1;
    project_run(event, payload, job, preempted ? "preempted" : "lost", tables);
  }
  if (event.kind == "job.ended") {
    set_state(job, base::get_string(payload, "state"), event.time_us, tables);
    job["exit_code"] = base::get_integer(payload, "exit_code");
    job["signal"] = base::get_integer(payload, "signal");
    job["detail"] = base::get_string(payload, "detail");
    job["ended_us"] = event.time_us;
    project_run(event, payload, job, base::get_string(payload, "state"), tables);
  }
  job.save();
}

}  // namespace

std::vector<ledger::TableSpec> table_specs() {
  return {jobs_table(), arrays_table(), allocations_table(), nodes_table(), capacity_table()};
}

void project(const ledger::Event& event, const json::value& payload, ledger::TableWriter& tables) {
  if (event.kind.starts_with("node.")) project_node(event, payload, tables);
  static const std::set<std::string_view> kept{"job.submitted", "job.released",
                                               "job.started",   "job.preempt_requested",
                                               "job.requeued",  "job.ended"};
  if (kept.contains(event.kind)) project_job(event, payload, tables);
}

}  // namespace fulcrum::sched
