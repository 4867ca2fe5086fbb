#pragma once
// The five scores as text for the terminal.
#include <string>

#include "base/json.h"

namespace fulcrum::cli {

/// A table of `scores` ({NAME: score}, as score.show answers them) with a line a factor.
std::string scores_table(const base::json::value& scores);

/// Each factor with its definition, query, method, sample size, and the events it rests on.
std::string scores_walk(const base::json::value& scores);

}  // namespace fulcrum::cli
