#pragma once
// How recognisers look for a pattern.
#include <re2/re2.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/personal/personal_text.h"

namespace fulcrum::data {

using Check = std::function<bool(std::string_view)>;

/// Matches of the pattern's first group that stand alone (no ASCII letter or digit beside it: in
/// Chinese text the words around it are letters too) and pass `check`.
std::vector<Finding> find_matches(std::string_view text, const RE2& pattern, const Check& check);

std::string digits_of(std::string_view text);
/// For patterns that need no check.
bool any_match(std::string_view);

}  // namespace fulcrum::data
