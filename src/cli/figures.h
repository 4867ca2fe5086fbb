#pragma once
// Numbers as a reader of a terminal wants them.
#include <string>
#include <string_view>

#include "base/json.h"

namespace fulcrum::cli {

/// The value at `a.b.c`, or null.
const base::json::value& at(const base::json::value& value, std::string_view path);

/// 0.3012, 12.3, 1234: four significant digits.
std::string number(double value);
/// The same; "–" for what is not a number.
std::string number(const base::json::value& value);

/// "0.301 [0.29, 0.31]"; the value alone where a bound is missing.
std::string interval(double value, const base::json::value& low, const base::json::value& high);

/// interval() of {"value","low","high"}; says so when there is no value.
std::string figure(const base::json::value& value);

/// " [simulated]" where the value says so.
std::string simulated_mark(const base::json::value& value);

}  // namespace fulcrum::cli
