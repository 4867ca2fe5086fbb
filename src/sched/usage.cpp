// Device time and money by project. What was simulated is kept apart from what was real.
#include <algorithm>

#include "sched/decide.h"

namespace fulcrum::sched {

namespace {

namespace json = base::json;

struct Sums {
  std::int64_t starts = 0;
  double allocated_device_s = 0, useful_device_s = 0, cost_usd = 0, cpu_s = 0;
};

/// Seconds of [from, to) that [start, end) covers; an end of 0 is still open.
double overlap_s(std::int64_t from_us, std::int64_t to_us, std::int64_t start_us,
                 std::int64_t end_us) {
  const std::int64_t end = end_us == 0 ? to_us : std::min(end_us, to_us);
  return static_cast<double>(std::max<std::int64_t>(0, end - std::max(from_us, start_us))) / 1e6;
}

json::value ratio(double part, double whole) {
  return whole > 0 ? json::value(part / whole) : json::value(nullptr);
}

json::object shown(const std::string& project, const Sums& sums) {
  return {{"project", project},
          {"starts", sums.starts},
          {"allocated_device_s", sums.allocated_device_s},
          {"useful_device_s", sums.useful_device_s},
          {"useful_share", ratio(sums.useful_device_s, sums.allocated_device_s)},
          {"cpu_s", sums.cpu_s},
          {"cost_usd", sums.cost_usd}};
}

json::object side(const std::map<std::string, Sums>& projects, double available_device_s) {
  json::array list;
  Sums total;
  for (const auto& [project, sums] : projects) {
    list.push_back(shown(project, sums));
    total.starts += sums.starts;
    total.allocated_device_s += sums.allocated_device_s;
    total.useful_device_s += sums.useful_device_s;
    total.cost_usd += sums.cost_usd;
    total.cpu_s += sums.cpu_s;
  }
  json::object result = shown("", total);
  result.erase("project");
  result["available_device_s"] = available_device_s;
  result["allocated_share"] = ratio(total.allocated_device_s, available_device_s);
  result["projects"] = std::move(list);
  return result;
}

}  // namespace

base::Result<json::value> answer(const State& state, const ShowUsage& query,
                                 const ledger::TableReader& tables) {
  const std::int64_t from_us = query.from_us;
  const std::int64_t to_us = query.to_us == 0 ? state.last_us : query.to_us;
  ledger::Select select{.table = "sched_allocations", .where = {}, .limit = 0};
  select.where.push_back(
      {.column = "started_us", .compare = ledger::Compare::kLess, .value = to_us});
  if (!query.project.empty()) select.where.push_back({.column = "project", .value = query.project});
  TRY(const auto starts, tables.select(select));
  TRY(const auto capacities, tables.select({.table = "sched_capacity", .where = {}, .limit = 0}));
  std::map<std::string, Sums> projects[2];
  for (const auto& row : starts) {
    const json::object start = ledger::row_as_json(*tables.spec("sched_allocations"), row);
    const std::int64_t started_us = base::get_integer(start, "started_us");
    const std::int64_t ended_us = base::get_integer(start, "ended_us");
    const double held_s = overlap_s(from_us, to_us, started_us, ended_us);
    const double whole_s = ended_us == 0 ? 0 : overlap_s(0, INT64_MAX, started_us, ended_us);
    if (held_s <= 0) continue;
    // The figures of an ended start are spread evenly over its time.
    const double share = whole_s > 0 ? held_s / whole_s : 0;
    Sums& sums =
        projects[base::get_integer(start, "simulated")][base::get_string(start, "project")];
    ++sums.starts;
    sums.allocated_device_s +=
        held_s * static_cast<double>(base::get_integer(start, "device_milli")) / kWholeMilli;
    sums.cost_usd += held_s / 3600 * base::get_number(start, "price_usd_per_hour");
    sums.useful_device_s += share * base::get_number(start, "useful_device_s");
    sums.cpu_s += share * base::get_number(start, "cpu_s");
  }
  double available_device_s[2] = {0, 0};
  for (const auto& row : capacities) {
    const json::object capacity = ledger::row_as_json(*tables.spec("sched_capacity"), row);
    available_device_s[base::get_integer(capacity, "simulated")] +=
        overlap_s(from_us, to_us, base::get_integer(capacity, "since_us"),
                  base::get_integer(capacity, "until_us")) *
        static_cast<double>(base::get_integer(capacity, "devices"));
  }
  json::object simulated = side(projects[1], available_device_s[1]);
  simulated["simulated"] = true;
  return json::object{{"from_us", from_us},
                      {"to_us", to_us},
                      {"real", side(projects[0], available_device_s[0])},
                      {"simulated", std::move(simulated)}};
}

}  // namespace fulcrum::sched
