#include <plplot/plplot.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "plot/canvas.h"
#include "plot/chart.h"

namespace fulcrum::plot {

namespace {

struct Range {
  double from = std::numeric_limits<double>::infinity();
  double to = -std::numeric_limits<double>::infinity();
  void hold(double value) {
    if (!std::isfinite(value)) return;
    from = std::min(from, value);
    to = std::max(to, value);
  }
  bool is_empty() const { return !(from <= to); }
  void widen() {
    if (from == to) to = from + 1;
  }
};

double at(double x, bool is_log) {
  return is_log ? std::log10(x) : x;
}

/// Without its gaps: each unbroken stretch at once.
void draw(const Line& line, bool log_x) {
  std::vector<double> x, y;
  const auto stroke = [&] {
    if (x.size() > 1) plline(static_cast<PLINT>(x.size()), x.data(), y.data());
    if (x.size() == 1) plpoin(1, x.data(), y.data(), 1);
    x.clear();
    y.clear();
  };
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (!std::isfinite(line.x[i]) || !std::isfinite(line.y[i])) {
      stroke();
      continue;
    }
    x.push_back(at(line.x[i], log_x));
    y.push_back(line.y[i]);
  }
  stroke();
}

}  // namespace

base::Result<std::string> to_svg(const LineChart& chart) {
  Range x, y;
  for (const Line& line : chart.lines)
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      if (!std::isfinite(line.x[i]) || !std::isfinite(line.y[i])) continue;
      x.hold(at(line.x[i], chart.log_x));
      y.hold(line.y[i]);
    }
  if (x.is_empty() || y.is_empty()) return base::failed("plot.empty", "the chart holds no point");
  if (chart.y_from) y.from = *chart.y_from;
  if (chart.y_to) y.to = *chart.y_to;
  if (!chart.y_to) y.to += 0.04 * (y.to - y.from);
  x.widen();
  y.widen();
  Canvas canvas(900, 380);
  canvas.frame(0.09, 0.78, 0.15, 0.89);
  plwind(x.from, x.to, y.from, y.to);
  plcol0(kGrid);
  plbox(chart.log_x ? "glx" : "gx", 0, 0, "gx", 0, 0);
  plcol0(kInk);
  plbox(chart.log_x ? "bnstlf" : "bnst", 0, 0, "bnstv", 0, 0);
  pllab(escaped(chart.x_label).c_str(), escaped(chart.y_label).c_str(),
        escaped(chart.title).c_str());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    plcol0(colour_of(i));
    pllsty(pattern_of(i));
    plwidth(kLineWidth);
    draw(chart.lines[i], chart.log_x);
    names.push_back(chart.lines[i].name);
  }
  pllsty(1);
  plwidth(1);
  canvas.legend(names, false);
  return canvas.finish();
}

}  // namespace fulcrum::plot
