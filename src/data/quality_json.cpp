#include "data/quality_json.h"

namespace fulcrum::data {

namespace json = base::json;

json::object estimate_json(const Estimate& estimate) {
  return {
      {"value", estimate.value}, {"low", estimate.low}, {"high", estimate.high}, {"n", estimate.n}};
}

json::object quality_json(const QualityVector& quality) {
  json::object object;
  const auto add = [&](const char* name, const std::optional<Estimate>& factor) {
    if (factor) object[name] = estimate_json(*factor);
  };
  add("accuracy", quality.accuracy);
  add("completeness", quality.completeness);
  add("relevance", quality.relevance);
  add("timeliness", quality.timeliness);
  add("product", product(quality));
  json::array missing;
  for (const auto& name : not_assessed(quality)) missing.push_back(json::string(name));
  if (!missing.empty()) object["not_assessed"] = std::move(missing);
  return object;
}

std::optional<Estimate> estimate_from(const json::value& object, std::string_view key) {
  const auto* found = base::find_path(object, key);
  if (!found || !found->is_object()) return std::nullopt;
  return Estimate{base::get_number(*found, "value"), base::get_number(*found, "low"),
                  base::get_number(*found, "high"), base::get_integer(*found, "n")};
}

}  // namespace fulcrum::data
