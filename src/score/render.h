#pragma once
// Scores as JSON, for every front.
#include "score/assessment.h"

namespace fulcrum::score {

/// `why`: evidence as {"seq","event","line"} instead of seqs alone.
base::json::object render_score(const AssessedScore& score, const Evidence& evidence, bool why);
base::json::object render_factor(const AssessedFactor& factor, const Evidence& evidence, bool why);
base::json::object render_decision(const Decision& decision);

}  // namespace fulcrum::score
