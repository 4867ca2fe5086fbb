#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "plot/chart.h"
#include "sched/report/page.h"
#include "sched/report/report.h"

namespace fulcrum::sched {

namespace {

using base::text;

constexpr std::size_t kMostRows = 40;

std::string percent(double part) {
  return std::isnan(part) ? std::string("–") : fmt::format("{:.2f}", 100 * part);
}

base::TableText runs_table(const std::vector<PackingLine>& runs) {
  base::TableText table;
  table.header = {text("sim.openb_policy"), text("sim.openb_seed")};
  if (!runs.empty())
    for (const auto& [load, ratio] : runs.front().allocation_ratio)
      table.header.push_back(text("sim.openb_allocated", load));
  table.header.push_back(text("sim.openb_unplaced"));
  table.header.push_back(text("sim.openb_speed"));
  table.right_aligned.assign(table.header.size(), true);
  table.right_aligned[0] = false;
  for (const PackingLine& run : runs) {
    std::vector<std::string> row{run.policy, std::to_string(run.seed)};
    for (const auto& [load, ratio] : run.allocation_ratio) row.push_back(percent(ratio));
    row.push_back(fmt::format("{:.1f}", run.gpu_unplaced));
    row.push_back(fmt::format(
        "{:.0f}", run.seconds > 0 ? static_cast<double>(run.decisions) / run.seconds : 0.0));
    table.rows.push_back(std::move(row));
  }
  return table;
}

base::Result<Figure> over_arrivals(const std::vector<PackingLine>& runs, std::string name,
                                   std::string title, std::string note,
                                   double PackingSample::*member) {
  plot::LineChart chart{
      title, text("report.arrived"), text("report.percent_of_devices"), {}, false, 0, {}};
  Figure figure{std::move(name), std::move(title), std::move(note), {}, {}};
  figure.table.header = {text("report.arrived")};
  std::size_t most = 0;
  for (const PackingLine& run : runs) {
    if (run.samples.empty()) continue;
    plot::Line line{run.policy, {}, {}};
    for (const PackingSample& sample : run.samples) {
      line.x.push_back(100 * sample.arrived);
      line.y.push_back(100 * (sample.*member));
    }
    most = std::max(most, line.x.size());
    chart.lines.push_back(std::move(line));
    figure.table.header.push_back(run.policy);
  }
  figure.table.right_aligned.assign(figure.table.header.size(), true);
  // The policies see the same arrivals, so that samples of one number belong together.
  const std::size_t every = std::max<std::size_t>(1, most / kMostRows);
  for (std::size_t i = every - 1; i < most; i += every) {
    figure.table.rows.push_back({fmt::format("{:.1f}", chart.lines.front().x[i])});
    for (const plot::Line& line : chart.lines)
      figure.table.rows.back().push_back(i < line.y.size() ? fmt::format("{:.2f}", line.y[i])
                                                           : "–");
  }
  TRY(figure.svg, plot::to_svg(chart));
  return figure;
}

}  // namespace

base::Result<std::vector<ReportFile>> report_of(const PackingReport& facts,
                                                const std::vector<PackingLine>& runs) {
  Page page;
  page.title = text("report.title", facts.trace, facts.nodes);
  page.facts = {text("report.simulated"),
                text("report.packing", fmt::format("{:g}", 100 * facts.load)),
                text("report.first_seed")};
  page.runs = runs_table(runs);
  if (std::any_of(runs.begin(), runs.end(), [](const auto& run) { return !run.samples.empty(); })) {
    TRY(auto allocation, over_arrivals(runs, "allocation", text("report.allocation_title"), {},
                                       &PackingSample::allocated));
    TRY(auto fragmentation,
        over_arrivals(runs, "fragmentation", text("report.fragmentation_arrivals_title"),
                      text("report.fragmentation_note"), &PackingSample::fragmented));
    page.figures = {std::move(allocation), std::move(fragmentation)};
  }
  std::vector<ReportFile> files{{"index.html", to_html(page)}};
  for (Figure& figure : page.figures)
    files.push_back({figure.name + ".svg", std::move(figure.svg)});
  return files;
}

}  // namespace fulcrum::sched
