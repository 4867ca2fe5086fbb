#pragma once
// Scores as the engine sees them: a pillar with queries alone, above the others' read models.
#include <memory>
#include <vector>

#include "ledger/pillar.h"

namespace fulcrum::score {

/// goal.check finds no query until connect() was called.
std::unique_ptr<ledger::Pillar> make_pillar();
/// Lets the score pillar among `pillars` ask all of them. Call it once, before the engine has them;
/// it keeps pointers, so the pillars must live as long as each other, as they do in an engine.
void connect(const std::vector<std::unique_ptr<ledger::Pillar>>& pillars);

}  // namespace fulcrum::score
