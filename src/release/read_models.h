#pragma once
// Tables of the release pillar (all simulated evidence is marked in a column of its own):
//   release_models        one row a model version: stage, metrics, lineage
//   release_releases      one row a release: status, last evidence
//   release_observations  one row a look: cumulative counts and the interval then
//   release_chunks        one row a sealed chunk of the request log
#include "ledger/tables.h"

namespace fulcrum::release {

std::vector<ledger::TableSpec> table_specs();
void project(const ledger::Event& event, const base::json::value& payload,
             ledger::TableWriter& tables);
/// A row as JSON, with the columns that hold JSON text as JSON.
base::json::object row_with_json(const ledger::TableSpec& spec, const ledger::Row& row);

}  // namespace fulcrum::release
