#pragma once
// Charts as SVG text. Calls are serialised: PLplot keeps its state in globals.
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace fulcrum::plot {

struct Line {
  std::string name;
  std::vector<double> x, y;  // as many; a point that is not finite is a gap
};

/// Several quantities over one other.
struct LineChart {
  std::string title, x_label, y_label;
  std::vector<Line> lines;
  bool log_x = false;  // every x above 0; ticks at powers of ten
  /// Else from and to what the lines hold.
  std::optional<double> y_from, y_to;
};

struct Points {
  std::string name;
  std::vector<double> values;  // by category; one that is not finite is left out
};

/// A row for each category, and a symbol for each series in it.
struct PointChart {
  std::string title, x_label;
  std::vector<std::string> categories;
  std::vector<Points> series;
  bool log_x = false;  // every value above 0
};

/// Fails with `plot.empty`: nothing finite to draw.
base::Result<std::string> to_svg(const LineChart& chart);
base::Result<std::string> to_svg(const PointChart& chart);

}  // namespace fulcrum::plot
