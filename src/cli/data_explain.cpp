#include "cli/data_explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/table.h"
#include "base/text.h"
#include "data/pipeline/explain.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

double thread_cpu_s() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double share(const data::StepEstimate& step) {
  return step.reached == 0 ? 0
                           : static_cast<double>(step.dropped) / static_cast<double>(step.reached);
}

json::object to_json(const data::Explanation& found) {
  json::array steps, order;
  for (const auto& step : found.steps)
    steps.push_back(json::object{{"step", step.step},
                                 {"reached", step.reached},
                                 {"dropped", step.dropped},
                                 {"dropped_share", share(step)},
                                 {"dropped_share_low", step.dropped_low},
                                 {"dropped_share_high", step.dropped_high},
                                 {"us_per_record", step.us_per_record}});
  for (const std::size_t i : found.order) order.emplace_back(found.steps[i].step);
  return {{"records", found.records},
          {"bytes", found.bytes},
          {"files", found.files},
          {"shared_us_per_record", found.shared_us_per_record},
          {"us_per_record", found.us_per_record},
          {"us_per_record_reordered", found.us_per_record_reordered},
          {"steps", std::move(steps)},
          {"order", std::move(order)}};
}

std::string table_of(const data::Explanation& found) {
  base::TableText table{
      .header = {base::text("data.run.step"), base::text("data.explain.reached"),
                 base::text("data.run.dropped"), base::text("data.explain.share"),
                 base::text("data.explain.cost"), base::text("data.explain.turn")},
      .rows = {},
      .right_aligned = {false, true, true, true, true, true}};
  for (std::size_t i = 0; i < found.steps.size(); ++i) {
    const auto& step = found.steps[i];
    const auto turn = std::find(found.order.begin(), found.order.end(), i) - found.order.begin();
    table.rows.push_back({step.step, std::to_string(step.reached), std::to_string(step.dropped),
                          fmt::format("{:.1f} % [{:.1f}, {:.1f}]", 100 * share(step),
                                      100 * step.dropped_low, 100 * step.dropped_high),
                          fmt::format("{:.1f}", step.us_per_record), std::to_string(turn + 1)});
  }
  return base::render(table);
}

}  // namespace

int explain_pipeline(const data::Pipeline& pipeline, const data::RunOptions& run,
                     const Session& session) {
  const auto found = data::explain(pipeline, run, {.cpu_s = thread_cpu_s});
  if (!found) return session.output.error(found.error());
  if (session.output.mode != OutputMode::kTable) {
    session.output.value(to_json(*found));
    return 0;
  }
  const std::string table = table_of(*found);
  std::fwrite(table.data(), 1, table.size(), stdout);
  session.output.say(base::text("data.explain.sample", found->records, found->files));
  session.output.say(base::text("data.explain.order", found->us_per_record,
                                found->us_per_record_reordered, found->shared_us_per_record));
  return 0;
}

base::Status choose_order(data::Pipeline& pipeline, const data::RunOptions& run) {
  TRY(const auto earlier, data::order_of_stopped_run(pipeline, run));
  std::vector<std::size_t> order;
  if (earlier) {
    for (const std::string& name : *earlier)
      for (std::size_t i = 0; i < pipeline.steps.size(); ++i)
        if (pipeline.steps[i].name == name) order.push_back(i);
  } else {
    TRY(auto found, data::explain(pipeline, run, {.cpu_s = thread_cpu_s}));
    order = std::move(found.order);
  }
  data::reorder(pipeline, order);
  return {};
}

}  // namespace fulcrum::cli
