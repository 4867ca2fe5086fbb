#include "control/run/reported_figures.h"

namespace fulcrum::control {

std::optional<Figure> reported_figure(const base::json::value& report, const std::string& metric) {
  for (const std::string& path : {"model." + metric, metric}) {
    const auto* found = base::find_path(report, path);
    if (!found || !found->is_number()) continue;
    Figure figure{.value = found->to_number<double>(), .low = {}, .high = {}};
    if (base::find_path(report, path + "_low"))
      figure.low = base::get_number(report, path + "_low");
    if (base::find_path(report, path + "_high"))
      figure.high = base::get_number(report, path + "_high");
    figure.n = base::get_integer(report, path + "_n");
    if (figure.n == 0 && path != metric) figure.n = base::get_integer(report, "model.n");
    return figure;
  }
  return std::nullopt;
}

}  // namespace fulcrum::control
