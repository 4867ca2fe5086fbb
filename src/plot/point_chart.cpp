#include <plplot/plplot.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "plot/canvas.h"
#include "plot/chart.h"

namespace fulcrum::plot {

base::Result<std::string> to_svg(const PointChart& chart) {
  const auto at = [&](double value) { return chart.log_x ? std::log10(value) : value; };
  double from = std::numeric_limits<double>::infinity(), to = -from;
  for (const Points& points : chart.series)
    for (const double value : points.values) {
      if (!std::isfinite(value)) continue;
      from = std::min(from, at(value));
      to = std::max(to, at(value));
    }
  if (!(from <= to)) return base::failed("plot.empty", "the chart holds no point");
  const double room = from == to ? 0.5 : 0.04 * (to - from);
  const auto rows = static_cast<double>(chart.categories.size());
  const int height = 130 + 26 * static_cast<int>(chart.categories.size());
  Canvas canvas(900, height);
  canvas.frame(0.2, 0.78, 62.0 / height, 1 - 40.0 / height);
  plwind(from - room, to + room, rows, 0);  // the first category on top
  plcol0(kGrid);
  plbox(chart.log_x ? "glx" : "gx", 0, 0, "", 0, 0);
  for (std::size_t row = 0; row < chart.categories.size(); ++row) {
    const double y = static_cast<double>(row) + 0.5;
    pljoin(from - room, y, to + room, y);
  }
  plcol0(kInk);
  plbox(chart.log_x ? "bnstlf" : "bnst", 0, 0, "b", 0, 0);
  pllab(escaped(chart.x_label).c_str(), "", escaped(chart.title).c_str());
  for (std::size_t row = 0; row < chart.categories.size(); ++row)
    plmtex("lv", 1, 1 - (static_cast<double>(row) + 0.5) / rows, 1,
           escaped(chart.categories[row]).c_str());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    plcol0(colour_of(i));
    plwidth(kLineWidth);
    for (std::size_t row = 0; row < chart.series[i].values.size(); ++row) {
      const double value = chart.series[i].values[row], y = static_cast<double>(row) + 0.5;
      if (!std::isfinite(value)) continue;
      const double x = at(value);
      plpoin(1, &x, &y, symbol_of(i));
    }
    names.push_back(chart.series[i].name);
  }
  plwidth(1);
  canvas.legend(names, true);
  return canvas.finish();
}

}  // namespace fulcrum::plot
