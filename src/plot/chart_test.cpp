#include "plot/chart.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace fulcrum::plot {

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

/// As PLplot writes ASCII text: each character as a numeric reference.
std::string written(const std::string& text) {
  std::string references;
  for (const char c : text) references += fmt::format("&#x{:02x};", static_cast<unsigned>(c));
  return ">" + references + "<";
}

LineChart two_lines() {
  LineChart chart{"Queue <&> #1", "time, days", "jobs waiting", {}, false, 0, {}};
  chart.lines.push_back({"fifo", {0, 1, 2}, {0, 5, 1}});
  chart.lines.push_back({"sjf", {0, 1, 2}, {0, 2, 0}});
  return chart;
}

TEST(Chart, LinesAreNamedAndToldApartByColourAndPattern) {
  const auto svg = to_svg(two_lines());
  ASSERT_TRUE(svg);
  for (const char* text : {"fifo", "sjf", "time, days", "jobs waiting", "Queue <&> #1"})
    EXPECT_NE(svg->find(written(text)), std::string::npos) << text;
  const std::size_t solid = count(*svg, "stroke=\"#0072B2\""),
                    dashed = count(*svg, "stroke=\"#D55E00\"");
  EXPECT_EQ(solid, 2U) << "the line and its sample";
  EXPECT_GT(dashed, 10U) << "a pattern is many strokes";
  EXPECT_EQ(*svg, *to_svg(two_lines())) << "the same chart, the same text";
}

TEST(Chart, GapsBreakALine) {
  LineChart chart = two_lines();
  chart.lines.resize(1);
  chart.lines[0] = {"fifo", {0, 1, 2, 3, 4}, {1, 2, std::nan(""), 2, 1}};
  const auto svg = to_svg(chart);
  ASSERT_TRUE(svg);
  EXPECT_EQ(count(*svg, "stroke=\"#0072B2\""), 3U);
}

TEST(Chart, NothingToDrawIsAnError) {
  LineChart chart = two_lines();
  for (Line& line : chart.lines) std::fill(line.y.begin(), line.y.end(), std::nan(""));
  EXPECT_EQ(to_svg(chart).error().code, "plot.empty");
  EXPECT_EQ(to_svg(PointChart{}).error().code, "plot.empty");
}

TEST(Chart, PointsOfManyCategories) {
  PointChart chart{"Waiting", "s", {}, {{"fifo", {}}, {"简单", {}}}, true};
  for (int i = 1; i <= 12; ++i) {
    chart.categories.push_back("group " + std::to_string(i));
    chart.series[0].values.push_back(i * 10);
    chart.series[1].values.push_back(i == 3 ? std::nan("") : i * 100);
  }
  const auto svg = to_svg(chart);
  ASSERT_TRUE(svg);
  for (const auto& category : chart.categories)
    EXPECT_NE(svg->find(written(category)), std::string::npos) << category;
}

}  // namespace

}  // namespace fulcrum::plot
