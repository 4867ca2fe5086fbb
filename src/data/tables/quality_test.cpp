#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "data/tables/impute.h"
#include "data/tables/table_quality.h"
#include "support/made_table.h"
#include "support/test_tables.h"

namespace fulcrum::data::tables {
namespace {

/// The truth about a table, and how often the audit's interval holds it in `repetitions`.
struct Coverage {
  double truth = 0, covered = 0, width = 0;
  bool first_holds = false;
};

Coverage coverage_of(const Table& dirty, const Table& clean, const Detection& detection,
                     std::size_t judged, int repetitions, std::uint64_t seed) {
  Coverage coverage;
  double right = 0, cells = 0;
  for (std::size_t i = 0; i < dirty.columns.size(); ++i)
    for (std::size_t row = 0; row < dirty.rows(); ++row, ++cells)
      right += dirty.columns[i].at(row) == clean.columns[i].at(row);
  coverage.truth = right / cells;
  base::Random random(seed);
  for (int i = 0; i < repetitions; ++i) {
    const Audit audit = plan_audit(dirty, detection, judged, random);
    std::vector<bool> is_right;
    for (const AuditCell& cell : audit.cells)
      is_right.push_back(dirty.columns[cell.column].at(cell.row) ==
                         clean.columns[cell.column].at(cell.row));
    const auto accuracy = audited_accuracy(audit, is_right);
    if (!accuracy) continue;
    const bool holds = accuracy->low <= coverage.truth && coverage.truth <= accuracy->high;
    if (i == 0) coverage.first_holds = holds;
    coverage.covered += holds / static_cast<double>(repetitions);
    coverage.width += (accuracy->high - accuracy->low) / repetitions;
  }
  return coverage;
}

TEST(TableQuality, AuditsOfAMadeTableCoverItsTruth) {
  const MadeTable made = make_table(11, 1000, 0.05);
  const auto coverage = coverage_of(made.dirty, made.clean, detect(made.dirty, {}), 200, 1000, 1);
  fmt::print("made table: accuracy {:.4f}, covered {:.3f}, mean width {:.4f}\n", coverage.truth,
             coverage.covered, coverage.width);
  EXPECT_GE(coverage.covered, 0.93);
}

TEST(TableQuality, AuditsOfPublishedTablesCoverTheirTruth) {
  for (const auto* name : {"hospital", "beers"}) {
    const auto folder = published(name);
    if (!folder) GTEST_SKIP() << "the tables are not at hand (FULCRUM_SHARED_DATA)";
    const Table dirty = *read_table(*folder / "dirty.csv"),
                clean = *read_table(*folder / "clean.csv");
    const auto coverage = coverage_of(dirty, clean, detect(dirty, {}), 200, 1000, 1);
    fmt::print("{}: accuracy {:.4f}, covered {:.3f}, mean width {:.4f}\n", name, coverage.truth,
               coverage.covered, coverage.width);
    EXPECT_GE(coverage.covered, 0.93) << name;
    EXPECT_TRUE(coverage.first_holds) << name;
  }
}

TEST(TableQuality, LabelledRowsCoverTheTruthThoughTheirCellsErrTogether) {
  base::Random random(5);
  int covered = 0;
  const double truth = 0.5 * 1 + 0.5 * 0.8;  // half of the rows have a fifth of their cells wrong
  for (int i = 0; i < 1000; ++i) {
    std::vector<Label> labels;
    for (std::uint32_t row = 0; row < 20; ++row) {
      const bool is_bad = random.below(2) == 0;
      for (std::uint32_t column = 0; column < 10; ++column)
        labels.push_back({row, column, is_bad && random.uniform() < 0.2, {}});
    }
    const auto accuracy = labelled_accuracy(labels);
    covered += accuracy && accuracy->low <= truth && truth <= accuracy->high;
  }
  EXPECT_GE(covered, 930);
}

TEST(TableQuality, CompletenessAndTimelinessInSimulation) {
  base::Random random(9);
  int complete = 0, timely = 0;
  const double day_us = 86'400e6;
  const auto now_us = static_cast<std::int64_t>(20000 * day_us);
  for (int i = 0; i < 1000; ++i) {
    std::string text = "a,day\n";
    for (int row = 0; row < 60; ++row)
      text +=
          fmt::format("{},{}\n", random.uniform() < 0.2 ? "" : "x",
                      random.below(2) == 0 ? "2024-10-04" : "2024-09-24");  // today, 10 days ago
    const Table table = table_from(text);
    QualityOptions options;
    options.time_column = "day";
    options.half_life_days = 10;
    const auto quality = quality_of(table, types_of(table), options, std::nullopt, now_us);
    complete += quality.completeness->low <= 0.9 && 0.9 <= quality.completeness->high;
    timely += quality.timeliness->low <= 0.75 && 0.75 <= quality.timeliness->high;
    EXPECT_FALSE(quality.accuracy);
    EXPECT_FALSE(product(quality));
  }
  EXPECT_GE(complete, 930);
  EXPECT_GE(timely, 930);
}

Table with_holes() {
  std::string text = "city,size,price\n";
  for (int i = 0; i < 40; ++i)
    text += fmt::format("{},{},{:.1f} EUR\n", i % 2 ? "A" : "B", i, 3.0 * i + (i % 2 ? 5 : 1));
  return table_from(text + "A,10,\nB,20,N/A\nC,30,\nA,,\n");
}

std::vector<std::string> filled(const ImputeOptions& options) {
  const auto result = impute(with_holes(), options);
  if (!result) return {base::describe(result.error())};
  std::vector<std::string> values;
  for (std::size_t row = 40; row < result->table.rows(); ++row)
    values.emplace_back(result->table.columns[2].at(row));
  return values;
}

TEST(Impute, EachMethod) {
  ImputeOptions options{"price", ImputeMethod::kConstant, "0 EUR", {}};
  EXPECT_EQ(filled(options), (std::vector<std::string>(4, "0 EUR")));
  options.method = ImputeMethod::kDrop;
  EXPECT_EQ(impute(with_holes(), options)->dropped, 4U);
  options.method = ImputeMethod::kMedian;
  EXPECT_EQ(filled(options)[0], "61.0 EUR");
  options.method = ImputeMethod::kGroup;
  options.by = {"city"};
  EXPECT_EQ(filled(options),
            (std::vector<std::string>{"62.0 EUR", "55.0 EUR", "61.0 EUR", "62.0 EUR"}));
  options.method = ImputeMethod::kRegression;
  options.by = {"size"};
  const auto regressed = filled(options);
  EXPECT_NEAR(parse_quantity(regressed[0])->number, 33, 0.3);
  EXPECT_NEAR(parse_quantity(regressed[1])->number, 63, 0.3);
  EXPECT_EQ(regressed[3], "61.0 EUR");  // no predictor: the median
}

TEST(Impute, MistakesAreNamed) {
  const auto code = [](const ImputeOptions& options) {
    return impute(with_holes(), options).error().code;
  };
  EXPECT_EQ(code({"prize", ImputeMethod::kMedian, "", {}}), "table.column");
  EXPECT_EQ(code({"price", ImputeMethod::kGroup, "", {}}), "impute.settings");
  EXPECT_EQ(code({"city", ImputeMethod::kRegression, "", {"size"}}), "impute.settings");
  EXPECT_EQ(code({"price", ImputeMethod::kRegression, "", {"city"}}), "impute.settings");
}

}  // namespace
}  // namespace fulcrum::data::tables
