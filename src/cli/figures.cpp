#include "cli/figures.h"

#include <fmt/format.h>

#include "base/text.h"

namespace fulcrum::cli {

namespace json = base::json;

const json::value& at(const json::value& value, std::string_view path) {
  static const json::value kNull;
  const auto* found = base::find_path(value, path);
  return found ? *found : kNull;
}

std::string number(double value) {
  if (value >= 1000 || value <= -1000) return fmt::format("{:.0f}", value);
  return fmt::format("{:.4g}", value);
}

std::string number(const json::value& value) {
  if (!value.is_number()) return "–";
  return number(value.to_number<double>());
}

std::string interval(double value, const json::value& low, const json::value& high) {
  std::string text = number(value);
  if (low.is_number() && high.is_number())
    text += fmt::format(" [{}, {}]", number(low), number(high));
  return text;
}

std::string figure(const json::value& value) {
  if (!at(value, "value").is_number()) return base::text("score.not_assessed");
  return interval(base::get_number(value, "value"), at(value, "low"), at(value, "high"));
}

std::string simulated_mark(const json::value& value) {
  return base::get_bool(value, "simulated") ? " " + base::text("score.simulated") : "";
}

}  // namespace fulcrum::cli
