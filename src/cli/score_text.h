#pragma once
// The five scores as text for the terminal.
#include <string>
#include <string_view>

#include "base/json.h"

namespace fulcrum::cli {

/// A table of `scores` ({NAME: score}, as score.show answers them) with a line a factor.
std::string scores_table(const base::json::value& scores);

/// Each factor with its definition, query, method, sample size, and the events it rests on.
std::string scores_walk(const base::json::value& scores);

/// What would raise a factor, or what it lacks, in the chosen language. `assessed` is the factor as
/// score.show answers it, `english` its or the score's "next".
std::string next_step(std::string_view score, std::string_view factor,
                      const base::json::value& assessed, const std::string& english);

}  // namespace fulcrum::cli
