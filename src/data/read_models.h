#pragma once
#include "ledger/tables.h"

namespace fulcrum::data {

std::vector<ledger::TableSpec> table_specs();
void project(const ledger::Event& event, const base::json::value& payload,
             ledger::TableWriter& tables);

}  // namespace fulcrum::data
