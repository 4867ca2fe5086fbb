#pragma once
// ${name} in a plan's texts. Two kinds: a plan's own settings, known when the plan is read, and
// run-time values (`shop.url`, `clean.decisions`), known when a step starts.
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::plan {

/// nullopt: leave ${name} as it stands.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;
using ValueLookup = std::function<std::optional<base::json::value>(std::string_view name)>;

/// Replaces every ${name} that lookup knows.
std::string substitute(std::string_view text, const Lookup& lookup);
/// Every text inside a value. One that is exactly "${name}" takes the type of what lookup knows, so
/// that a number stays one, except in a `command`, whose words are always text.
base::json::value substitute(const base::json::value& value, const ValueLookup& lookup);
/// As above, from a map of settings.
base::json::value substitute_settings(const base::json::value& value,
                                      const base::json::object& settings);
/// The names that still stand as ${name}.
std::set<std::string> variables_in(const base::json::value& value);

}  // namespace fulcrum::plan
