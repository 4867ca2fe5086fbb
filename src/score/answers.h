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
base::Result<base::json::value> answer(const Sight& sight, const ShowCoverage& query);

/// Asks whichever pillar has this query, with what a member may read. Fails with `query.unknown`,
/// `goal.permission`, or as the query does.
base::Result<base::json::value> run_query(const Sight& sight, const std::string& name,
                                          const base::json::value& parameters);

}  // namespace fulcrum::score
