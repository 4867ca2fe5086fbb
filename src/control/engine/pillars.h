#pragma once
// The one list of pillars that a Fulcrum is made of (pillars.def).
#include <memory>
#include <vector>

#include "ledger/pillar.h"
#include "ledger/tables.h"

namespace fulcrum::control {

/// New, empty pillars in the list's order.
std::vector<std::unique_ptr<ledger::Pillar>> make_pillars();
/// Every pillar's read models, for the store.
std::vector<ledger::TableSpec> all_tables(
    const std::vector<std::unique_ptr<ledger::Pillar>>& pillars);

}  // namespace fulcrum::control
