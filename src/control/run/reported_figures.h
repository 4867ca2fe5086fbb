#pragma once
// Figures that a training or baseline step reported: NAME, NAME_low, NAME_high, NAME_n, under its
// `model` or at the report's top.
#include <optional>
#include <string>

#include "base/json.h"

namespace fulcrum::control {

struct Figure {
  double value = 0;
  std::optional<double> low;  // 95 % interval
  std::optional<double> high;
  std::int64_t n = 0;  // what it rests on; 0: not said
};

std::optional<Figure> reported_figure(const base::json::value& report, const std::string& metric);

}  // namespace fulcrum::control
