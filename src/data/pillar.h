#pragma once
// The data pillar as the engine sees it.
#include <memory>

#include "data/state.h"
#include "ledger/pillar.h"

namespace fulcrum::data {

std::unique_ptr<ledger::Pillar> make_pillar();
/// The state behind a pillar that make_pillar() made; valid while the engine's state lock is held.
const State& state_of(const ledger::Pillar& pillar);

}  // namespace fulcrum::data
