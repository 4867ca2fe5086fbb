#pragma once
// The queries of score, as plain functions.
#include <vector>

#include "ledger/pillar.h"
#include "score/types.h"

namespace fulcrum::score {

/// What the queries may see: every read model, and every pillar's queries for saved goals.
struct Sight {
  const ledger::TableReader& tables;
  const std::vector<const ledger::Pillar*>& pillars;
};

base::Result<base::json::value> answer(const Sight& sight, const ShowScores& query);
base::Result<base::json::value> answer(const Sight& sight, const NextDecisions& query);
base::Result<base::json::value> answer(const Sight& sight, const CheckGoals& query);

}  // namespace fulcrum::score
