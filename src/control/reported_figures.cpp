#include "control/reported_figures.h"

namespace fulcrum::control {

std::optional<Figure> reported_figure(const base::json::value& report, const std::string& metric) {
  for (const std::string& path : {"metrics." + metric, "model." + metric, metric}) {
    const auto* found = base::find_path(report, path);
    if (!found) continue;
    if (found->is_number()) return Figure{.value = found->to_number<double>(), .low = {}, .high = {}};
    const auto* value = base::find_path(*found, "value");
    if (!value || !value->is_number()) continue;
    Figure figure{.value = value->to_number<double>(), .low = {}, .high = {},
                  .n = base::get_integer(*found, "n")};
    if (base::find_path(*found, "low")) figure.low = base::get_number(*found, "low");
    if (base::find_path(*found, "high")) figure.high = base::get_number(*found, "high");
    return figure;
  }
  return std::nullopt;
}

}  // namespace fulcrum::control
