#pragma once
// The quality vector as events and reports carry it.
#include "base/json.h"
#include "data/quality.h"

namespace fulcrum::data {

/// {"value","low","high","n"}.
base::json::object estimate_json(const Estimate& estimate);
/// The assessed factors by name, "product" when all are, "not_assessed" when some are not.
base::json::object quality_json(const QualityVector& quality);
/// An estimate under `key`, if there is one.
std::optional<Estimate> estimate_from(const base::json::value& object, std::string_view key);

}  // namespace fulcrum::data
