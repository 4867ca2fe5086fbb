#include "cli/trace_source.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/json.h"
#include "base/text.h"
#include "cli/backend.h"
#include "sched/trace/ledger.h"
#include "sched/twin/own_nodes.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

constexpr std::string_view kLedger = "ledger";
constexpr std::int64_t kNewest = 1'000'000;  // jobs of the history, at most

const json::array& list_in(const json::value& answer, std::string_view member) {
  static const json::array none;
  const json::value* list = base::find_path(answer, member);
  return list != nullptr && list->is_array() ? list->as_array() : none;
}

void price_all(sched::ClusterSize& size, double usd_per_hour) {
  size.price_usd_per_hour = usd_per_hour;
  for (sched::ClusterSize& more : size.more) more.price_usd_per_hour = usd_per_hour;
}

base::Result<Sourced> read_history(const TraceSource& source, const Session& session) {
  if (!source.trace.empty())
    return base::usage("sim.trace", "the format ledger reads the home's own jobs, not a file",
                       "trace", "leave --trace out; --home DIR names another home");
  TRY(const auto backend, connect(session));
  TRY(const json::value jobs, backend->query("job.list", json::object{{"limit", kNewest}}));
  TRY(const json::value nodes, backend->query("node.list", json::object{}));
  const json::array& machines = list_in(nodes, "nodes");
  Sourced sourced;
  if (source.cluster.empty()) {
    TRY(sourced.size, sched::cluster_of_nodes(machines, source.simulated));
  } else {
    TRY(sourced.size, sched::parse_cluster(source.cluster));
  }
  if (source.price_usd_per_hour > 0) price_all(sourced.size, source.price_usd_per_hour);
  const json::array& rows = list_in(jobs, "jobs");
  TRY(sourced.trace,
      sched::trace_of_history(rows, {.simulated = source.simulated,
                                     .cores = sched::only_cores(machines, source.simulated)}));
  CHECK_OK(assume(source.assumed, sourced.trace));
  return sourced;
}

}  // namespace

void add_source_options(CLI::App& app, TraceSource& source, const std::string& quota_option) {
  add_assumption_options(app, source.assumed, quota_option);
  app.add_option("--trace", source.trace, base::text("sim.trace"))->type_name("FILE");
  app.add_option("--cluster", source.cluster, base::text("sim.cluster"))->type_name("80x8");
  app.add_option("--price", source.prices, base::text("sim.device_price"))
      ->type_name("MODEL=USD")
      ->allow_extra_args(false);
  app.add_option("--prices", source.price_list, base::text("sim.price_list"))->type_name("FILE");
  app.add_flag("--simulated-jobs", source.simulated, base::text("sim.simulated_jobs"));
  app.add_flag("--lenient", source.lenient, base::text("sim.lenient"));
}

base::Result<sched::DevicePrices> prices_of(const TraceSource& source) {
  sched::DevicePrices prices;
  for (const std::string& text : source.prices) CHECK_OK(sched::add_price(prices, text));
  if (!source.price_list.empty()) CHECK_OK(sched::add_prices(prices, source.price_list));
  return prices;
}

base::Status price_clusters(const TraceSource& source,
                            const std::vector<sched::ClusterSize*>& clusters) {
  TRY(const auto prices, prices_of(source));
  std::map<std::string, bool> used;
  for (sched::ClusterSize* cluster : clusters) sched::set_prices(*cluster, prices, used);
  // A whole list of prices may hold more than these nodes have.
  sched::DevicePrices said;
  for (const std::string& text : source.prices) CHECK_OK(sched::add_price(said, text));
  return sched::check_used(said, used);
}

base::Status check_file(const TraceSource& source) {
  if (source.trace.empty())
    return base::usage("sim.trace", fmt::format("the format {} needs a file", source.format),
                       "trace", "give --trace FILE, or --format ledger for the home's own jobs");
  return {};
}

base::Result<Sourced> read_source(const TraceSource& source, const Session& session) {
  if (source.format == kLedger) return read_history(source, session);
  const auto reader = sched::find_trace_format(source.format);
  if (reader == nullptr)
    return base::usage(
        "sim.format", fmt::format("no trace format is called {}", source.format), "format",
        fmt::format("formats: openb, ledger, {}", fmt::join(sched::trace_format_names(), ", ")));
  CHECK_OK(check_file(source));
  Sourced sourced;
  TRY(sourced.size, sched::parse_cluster(source.cluster));
  price_all(sourced.size, source.price_usd_per_hour);
  TRY(sourced.trace, reader(source.trace, sched::ReadOptions{source.lenient}));
  CHECK_OK(assume(source.assumed, sourced.trace));
  return sourced;
}

}  // namespace fulcrum::cli
