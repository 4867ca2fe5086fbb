#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/profile_view.h"
#include "data/quality_json.h"
#include "data/tables/detect_files.h"
#include "data/tables/profile.h"
#include "data/tables/table_quality.h"
#include "plot/chart.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
namespace tables = data::tables;

constexpr std::size_t kMostFigures = 40;

std::string percent(std::size_t part, std::size_t all) {
  return fmt::format("{:.1f} %",
                     all > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(all) : 0);
}

std::string shortened(const std::string& text) {
  constexpr std::size_t kBytes = 24;
  if (text.size() <= kBytes) return text;
  std::size_t end = kBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

base::TableText overview_of(const tables::TableProfile& profile) {
  base::TableText text;
  text.header = {base::text("data.profile.column"),   base::text("data.profile.kind"),
                 base::text("data.profile.unit"),     base::text("data.profile.missing"),
                 base::text("data.profile.values"),   base::text("data.profile.least"),
                 base::text("data.profile.median"),   base::text("data.profile.most"),
                 base::text("data.profile.outliers"), base::text("data.profile.findings")};
  text.right_aligned = {false, false, false, true, true, false, false, false, true, true};
  for (const auto& column : profile.columns)
    text.rows.push_back({column.name, std::string(tables::name_of(column.type.kind)),
                         column.type.unit, percent(profile.rows - column.filled, profile.rows),
                         std::to_string(column.type.distinct), shortened(column.least),
                         shortened(column.median), shortened(column.most),
                         std::to_string(column.outliers), std::to_string(column.findings)});
  return text;
}

/// Missing and doubtful cells of each column, in per cent.
base::Result<sched::Figure> cells_figure(const tables::TableProfile& profile) {
  plot::PointChart chart{base::text("data.profile.cells"), "%", {}, {}, false};
  sched::Figure figure{"cells", chart.title, "", "", {}};
  figure.table.header = {base::text("data.profile.column"), base::text("data.profile.missing"),
                         base::text("data.profile.findings")};
  figure.table.right_aligned = {false, true, true};
  plot::Points missing{base::text("data.profile.missing"), {}},
      found{base::text("data.profile.findings"), {}};
  const double rows = std::max<double>(1, static_cast<double>(profile.rows));
  for (const auto& column : profile.columns) {
    chart.categories.push_back(shortened(column.name));
    missing.values.push_back(100 * static_cast<double>(profile.rows - column.filled) / rows);
    found.values.push_back(100 * static_cast<double>(column.findings) / rows);
    figure.table.rows.push_back({column.name, percent(profile.rows - column.filled, profile.rows),
                                 percent(column.findings, profile.rows)});
  }
  chart.series = {missing, found};
  TRY(figure.svg, plot::to_svg(chart));
  return figure;
}

/// How a column's values are distributed: numbers by size, others by their commonest values.
base::Result<sched::Figure> column_figure(const tables::ColumnProfile& column) {
  sched::Figure figure{"column-" + column.name, column.name, "", "", {}};
  figure.table.right_aligned = {false, true};
  figure.table.header = {base::text("data.profile.value"), base::text("data.profile.rows")};
  if (!column.bins.empty()) {
    plot::LineChart chart{column.name,
                          column.type.unit.empty() ? column.name : column.type.unit,
                          base::text("data.profile.rows"),
                          {{column.name, {}, {}}},
                          false,
                          0,
                          {}};
    for (const auto& bin : column.bins) {
      chart.lines[0].x.push_back((bin.from + bin.to) / 2);
      chart.lines[0].y.push_back(static_cast<double>(bin.rows));
      figure.table.rows.push_back(
          {fmt::format("{:.4g} – {:.4g}", bin.from, bin.to), std::to_string(bin.rows)});
    }
    TRY(figure.svg, plot::to_svg(chart));
    return figure;
  }
  plot::PointChart chart{
      column.name, base::text("data.profile.rows"), {}, {{column.name, {}}}, false};
  for (const auto& top : column.top) {
    chart.categories.push_back(shortened(top.value));
    chart.series[0].values.push_back(static_cast<double>(top.rows));
    figure.table.rows.push_back({top.value, std::to_string(top.rows)});
  }
  TRY(figure.svg, plot::to_svg(chart));
  return figure;
}

json::object json_of(const tables::ColumnProfile& column) {
  json::array top, bins;
  for (const auto& one : column.top)
    top.push_back(json::object{{"value", one.value}, {"rows", one.rows}});
  for (const auto& one : column.bins)
    bins.push_back(json::object{{"from", one.from}, {"to", one.to}, {"rows", one.rows}});
  return {{"column", column.name},          {"kind", tables::name_of(column.type.kind)},
          {"unit", column.type.unit},       {"filled", column.filled},
          {"empty", column.type.empty},     {"placeholders", column.type.placeholder},
          {"values", column.type.distinct}, {"least", column.least},
          {"median", column.median},        {"most", column.most},
          {"top", std::move(top)},          {"bins", std::move(bins)},
          {"outliers", column.outliers},    {"findings", column.findings}};
}

json::object answer_of(const tables::TableProfile& profile, const tables::Table& table,
                       const data::QualityVector& quality) {
  json::array columns, dependencies;
  for (const auto& column : profile.columns) columns.push_back(json_of(column));
  for (const auto& one : profile.dependencies)
    dependencies.push_back(json::object{{"dependency", tables::text_of(one.dependency, table)},
                                        {"strength", one.strength()},
                                        {"g3", one.g3},
                                        {"rows", one.support}});
  return {{"rows", profile.rows},
          {"duplicate_rows", profile.duplicate_rows},
          {"ragged_rows", profile.ragged_rows},
          {"findings", profile.findings},
          {"columns", std::move(columns)},
          {"dependencies", std::move(dependencies)},
          {"quality", data::quality_json(quality)}};
}

std::string factor_text(std::string_view name, const std::optional<data::Estimate>& factor) {
  if (!factor) return base::text("data.profile.not_assessed", name);
  return fmt::format("{} {:.4f} [{:.4f}, {:.4f}]", name, factor->value, factor->low, factor->high);
}

}  // namespace

base::Result<ProfileView> profile_table(const ProfileOptions& asked) {
  TRY(const tables::Table table, tables::read_table(asked.path));
  TRY(const tables::DetectOptions options,
      tables::read_detect_options(asked.rules, asked.labels, table));
  if (!asked.time_column.empty())
    CHECK_OK(tables::need_column(table, asked.time_column, "time-column"));
  const tables::Detection detection = tables::detect(table, options);
  const tables::TableProfile profile = tables::profile_of(table, detection);
  const tables::QualityOptions wanted{
      asked.expected_rows, asked.time_column, asked.half_life_days, {}};
  const data::QualityVector quality =
      tables::quality_of(table, tables::types_of(table), wanted,
                         tables::labelled_accuracy(options.labels), base::system_clock().now_us());
  ProfileView view;
  view.title = table.name;
  view.overview = overview_of(profile);
  view.answer = answer_of(profile, table, quality);
  view.facts = {base::text("data.profile.size", profile.rows, profile.columns.size(),
                           profile.duplicate_rows, profile.ragged_rows),
                base::text("data.profile.found", profile.findings),
                factor_text("accuracy", quality.accuracy),
                factor_text("completeness", quality.completeness),
                factor_text("relevance", quality.relevance),
                factor_text("timeliness", quality.timeliness)};
  for (std::size_t i = 0; i < std::min<std::size_t>(6, profile.dependencies.size()); ++i)
    view.facts.push_back(base::text("data.profile.dependency",
                                    tables::text_of(profile.dependencies[i].dependency, table),
                                    fmt::format("{:.4f}", 1 - profile.dependencies[i].g3)));
  if (profile.rows == 0) return view;
  TRY(view.figures.emplace_back(), cells_figure(profile));
  for (const auto& column : profile.columns) {
    if (column.top.empty() || view.figures.size() >= kMostFigures) continue;
    TRY(view.figures.emplace_back(), column_figure(column));
  }
  return view;
}

}  // namespace fulcrum::cli
