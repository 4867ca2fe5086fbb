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
using Runs = std::vector<const SimulationRun*>;

constexpr std::size_t kMostRows = 40;       // of a table beside a plot
constexpr std::size_t kMostGroupRows = 20;  // of a plot
constexpr double kLeastS = 1;               // on a logarithmic axis

std::string seconds(double value) {
  return value < 100 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
}
std::string part(double value) {
  return fmt::format("{:.4f}", value);
}
std::string name_of(const SimulationRun& run, bool seeds) {
  return seeds ? fmt::format("{} #{}", run.policy, run.seed) : run.policy;
}

/// The first run of each policy.
Runs first_runs(const std::vector<SimulationRun>& runs) {
  Runs first;
  for (const SimulationRun& run : runs)
    if (std::none_of(first.begin(), first.end(),
                     [&](const auto* other) { return other->policy == run.policy; }))
      first.push_back(&run);
  return first;
}

struct Unit {
  const char* name;
  double seconds;
};
Unit unit_of(double span_s) {
  if (span_s < 2 * 3600) return {"report.minutes", 60};
  if (span_s < 4 * 86400) return {"report.hours", 3600};
  return {"report.days", 86400};
}

struct Column {
  std::string name;
  std::string (*value)(const SimulationRun&);
};

std::vector<Column> columns_of() {
  using Run = SimulationRun;
  const std::string jct = text("report.jct"), wait = text("report.wait"),
                    slowdown = text("report.slowdown"), mean = text("report.mean");
  return {
      {text("report.jobs"), [](const Run& r) { return std::to_string(r.figures.jobs); }},
      {text("report.never"), [](const Run& r) { return std::to_string(r.figures.never_started); }},
      {jct + " " + mean, [](const Run& r) { return seconds(r.figures.jct_s.mean); }},
      {jct + " P50", [](const Run& r) { return seconds(r.figures.jct_s.p50); }},
      {jct + " P90", [](const Run& r) { return seconds(r.figures.jct_s.p90); }},
      {jct + " P99", [](const Run& r) { return seconds(r.figures.jct_s.p99); }},
      {wait + " " + mean, [](const Run& r) { return seconds(r.figures.wait_s.mean); }},
      {wait + " P50", [](const Run& r) { return seconds(r.figures.wait_s.p50); }},
      {wait + " P90", [](const Run& r) { return seconds(r.figures.wait_s.p90); }},
      {wait + " P99", [](const Run& r) { return seconds(r.figures.wait_s.p99); }},
      {slowdown + " " + mean,
       [](const Run& r) { return fmt::format("{:.2f}", r.figures.bounded_slowdown.mean); }},
      {slowdown + " P99",
       [](const Run& r) { return fmt::format("{:.2f}", r.figures.bounded_slowdown.p99); }},
      {text("report.makespan"), [](const Run& r) { return seconds(r.figures.makespan_s); }},
      {text("report.utilization"), [](const Run& r) { return part(r.figures.utilization); }},
      {text("report.fragmentation"),
       [](const Run& r) {
         return r.detail.fragmentation.empty() ? std::string("–")
                                               : part(r.detail.mean_fragmentation);
       }},
      {text("report.queue"), [](const Run& r) { return seconds(r.figures.mean_queue); }},
      {text("report.fairness_worst"),
       [](const Run& r) { return fmt::format("{:.2f}", r.figures.finish_time_fairness.worst); }},
      {text("report.fairness_mean"),
       [](const Run& r) { return fmt::format("{:.2f}", r.figures.finish_time_fairness.mean); }},
      {text("report.cost"), [](const Run& r) { return fmt::format("{:.6g}", r.figures.cost); }},
      {text("report.bound"),
       [](const Run& r) { return fmt::format("{:.6g}", r.figures.cost_lower_bound); }},
      {text("report.gap"),
       [](const Run& r) {
         return r.elastic && r.figures.cost_lower_bound == 0 ? std::string("–")
                                                             : part(r.figures.gap);
       }},
      {text("report.money_used"),
       [](const Run& r) {
         return r.figures.money_available_usd > 0 ? fmt::format("{:.2f}", r.figures.money_usd)
                                                  : std::string("–");
       }},
      {text("report.money_available"),
       [](const Run& r) {
         return r.figures.money_available_usd > 0
                    ? fmt::format("{:.2f}", r.figures.money_available_usd)
                    : std::string("–");
       }},
      {text("report.speed"),
       [](const Run& r) {
         return fmt::format("{:.0f}",
                            r.seconds > 0 ? static_cast<double>(r.figures.jobs) / r.seconds : 0.0);
       }},
  };
}

base::TableText runs_table(const std::vector<SimulationRun>& runs) {
  const bool seeds =
      std::any_of(runs.begin(), runs.end(), [](const auto& run) { return run.seed > 0; });
  base::TableText table;
  table.header = {text("report.policy")};
  table.right_aligned = {false};
  const auto columns = columns_of();
  for (const Column& column : columns) {
    table.header.push_back(column.name);
    table.right_aligned.push_back(true);
  }
  for (const SimulationRun& run : runs) {
    table.rows.push_back({name_of(run, seeds)});
    for (const Column& column : columns) table.rows.back().push_back(column.value(run));
  }
  return table;
}

using Series = const std::vector<double>& (*)(const SimulationRun&);

/// What the runs show over time; a row for every so many moments.
base::Result<Figure> over_time(const Runs& runs, std::string name, std::string title,
                               std::string y_label, std::string note, Series series,
                               std::optional<double> y_to) {
  double span_s = 0;
  for (const auto* run : runs)
    if (!run->timeline.time_s.empty()) span_s = std::max(span_s, run->timeline.time_s.back());
  const Unit unit = unit_of(span_s);
  plot::LineChart chart{title, text(unit.name), std::move(y_label), {}, false, 0, y_to};
  Figure figure{std::move(name), std::move(title), std::move(note), {}, {}};
  figure.table.header = {text("report.policy")};
  figure.table.right_aligned = {true};
  figure.table.header[0] = text(unit.name);
  std::size_t most = 0;
  for (const auto* run : runs) {
    plot::Line line{run->policy, {}, series(*run)};
    for (const double at_s : run->timeline.time_s) line.x.push_back(at_s / unit.seconds);
    line.y.resize(line.x.size(), std::nan(""));
    most = std::max(most, line.x.size());
    chart.lines.push_back(std::move(line));
    figure.table.header.push_back(run->policy);
    figure.table.right_aligned.push_back(true);
  }
  // Runs end at different times: a table row is a moment of the longest, each run's at or before.
  for (std::size_t row = 1; row <= kMostRows && most > 0; ++row) {
    const double at = span_s / unit.seconds * static_cast<double>(row) / kMostRows;
    figure.table.rows.push_back({fmt::format("{:.2f}", at)});
    for (const plot::Line& line : chart.lines) {
      const auto after = std::upper_bound(line.x.begin(), line.x.end(), at * (1 + 1e-9));
      const auto index = static_cast<std::size_t>(after - line.x.begin());
      const bool over = after == line.x.end() && at > line.x.back() * (1 + 1e-9);
      figure.table.rows.back().push_back(
          index == 0 || over ? "–" : fmt::format("{:.4g}", line.y[index - 1]));
    }
  }
  TRY(figure.svg, plot::to_svg(chart));
  return figure;
}

/// How many jobs waited (or took) no longer than so long.
base::Result<Figure> distribution(const Runs& runs, std::string name, std::string title,
                                  Series series) {
  plot::LineChart chart{title, text("report.seconds_log"), text("report.part_of_jobs"), {}, true, 0,
                        1};
  Figure figure{std::move(name), std::move(title), text("report.distribution_note"), {}, {}};
  figure.table.header = {text("report.part_of_jobs")};
  figure.table.right_aligned = {true};
  for (const auto* run : runs) {
    plot::Line line{run->policy, series(*run), run->detail.part};
    for (double& x : line.x) x = std::max(kLeastS, x);
    chart.lines.push_back(std::move(line));
    figure.table.header.push_back(run->policy);
    figure.table.right_aligned.push_back(true);
  }
  const std::vector<double>& parts = runs.front()->detail.part;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool is_tail = parts[i] > 0.945;
    if (!is_tail && (i + 1) % 5 != 0) continue;
    figure.table.rows.push_back({fmt::format("{:.2f}", parts[i])});
    for (const auto* run : runs)
      figure.table.rows.back().push_back(i < series(*run).size() ? seconds(series(*run)[i]) : "–");
  }
  TRY(figure.svg, plot::to_svg(chart));
  return figure;
}

/// Groups with most jobs first.
std::vector<std::string> groups_of(const Runs& runs) {
  std::map<std::string, std::uint64_t> jobs;
  for (const auto* run : runs)
    for (const auto& [group, figures] : run->by_group)
      jobs[group] = std::max(jobs[group], figures.jobs);
  std::vector<std::string> names;
  for (const auto& [group, count] : jobs) names.push_back(group);
  std::stable_sort(names.begin(), names.end(),
                   [&](const auto& a, const auto& b) { return jobs[a] > jobs[b]; });
  return names;
}

base::Result<Figure> by_group(const Runs& runs) {
  const auto names = groups_of(runs);
  Figure figure{"groups", text("report.groups_title"), {}, {}, {}};
  if (names.size() > kMostGroupRows)
    figure.note = text("report.groups_note", kMostGroupRows, names.size());
  plot::PointChart chart{figure.title, text("report.seconds_log"), {}, {}, true};
  chart.categories.assign(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                             names.size(), kMostGroupRows)));
  figure.table.header = {text("report.group"), text("report.jobs")};
  for (const auto* run : runs) {
    figure.table.header.push_back(run->policy + " " + text("report.mean"));
    figure.table.header.push_back(run->policy + " P90");
    plot::Points points{run->policy, {}};
    for (const std::string& group : chart.categories) {
      const auto at = run->by_group.find(group);
      points.values.push_back(
          at == run->by_group.end() ? std::nan("") : std::max(kLeastS, at->second.wait_s.mean));
    }
    chart.series.push_back(std::move(points));
  }
  figure.table.right_aligned.assign(figure.table.header.size(), true);
  figure.table.right_aligned[0] = false;
  for (const std::string& group : names) {
    figure.table.rows.push_back({group, "–"});
    auto& row = figure.table.rows.back();
    for (const auto* run : runs) {
      const auto at = run->by_group.find(group);
      const bool known = at != run->by_group.end();
      if (known) row[1] = std::to_string(at->second.jobs);
      row.push_back(known ? seconds(at->second.wait_s.mean) : "–");
      row.push_back(known ? seconds(at->second.wait_s.p90) : "–");
    }
  }
  TRY(figure.svg, plot::to_svg(chart));
  return figure;
}

base::Result<std::vector<Figure>> plots_of(const Runs& runs) {
  std::vector<Figure> figures;
  const auto add = [&](base::Result<Figure> figure) -> base::Status {
    TRY(auto made, std::move(figure));
    figures.push_back(std::move(made));
    return {};
  };
  using Run = SimulationRun;
  using Values = const std::vector<double>&;
  const std::string means = text("report.time_note");
  CHECK_OK(add(over_time(
      runs, "utilization", text("report.utilization_title"), text("report.utilization"), means,
      [](const Run& run) -> Values { return run.timeline.utilization; }, 1.0)));
  CHECK_OK(add(over_time(
      runs, "queue", text("report.queue_title"), text("report.queue_jobs"),
      text("report.moment_note"), [](const Run& run) -> Values { return run.timeline.waiting; },
      std::nullopt)));
  if (std::any_of(runs.begin(), runs.end(),
                  [](const auto* run) { return !run->detail.fragmentation.empty(); }))
    CHECK_OK(add(over_time(
        runs, "fragmentation", text("report.fragmentation_title"), text("report.fragmentation"),
        text("report.fragmentation_note") + " " + means,
        [](const Run& run) -> Values { return run.detail.fragmentation; }, std::nullopt)));
  CHECK_OK(add(distribution(runs, "wait", text("report.wait_title"),
                            [](const Run& run) -> Values { return run.detail.wait_s; })));
  CHECK_OK(add(distribution(runs, "jct", text("report.jct_title"),
                            [](const Run& run) -> Values { return run.detail.jct_s; })));
  if (groups_of(runs).size() > 1) CHECK_OK(add(by_group(runs)));
  return figures;
}

}  // namespace

base::Result<std::vector<ReportFile>> report_of(const ReplayReport& facts,
                                                const std::vector<SimulationRun>& runs) {
  Page page;
  page.title = text("report.title", facts.trace, facts.cluster);
  page.facts = {text("report.simulated"),
                text("report.knows", std::string(prediction_name(facts.prediction)))};
  for (const auto& [reason, count] : facts.skipped)
    page.facts.push_back(text("sim.skipped", count, reason));
  if (std::any_of(runs.begin(), runs.end(), [](const auto& run) { return run.seed > 0; }))
    page.facts.push_back(text("report.first_seed"));
  page.facts.push_back(text("report.units"));
  page.runs = runs_table(runs);
  Runs shown = first_runs(runs);
  std::erase_if(shown, [](const auto* run) { return run->detail.part.empty(); });
  if (!shown.empty()) {
    TRY(page.figures, plots_of(shown));
  }
  std::vector<ReportFile> files{{"index.html", to_html(page)}};
  for (Figure& figure : page.figures)
    files.push_back({figure.name + ".svg", std::move(figure.svg)});
  return files;
}

}  // namespace fulcrum::sched
