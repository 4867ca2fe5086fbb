#include "control/engine/pillars.h"

#include "score/pillar.h"

namespace fulcrum {

#define PILLAR(name)                             \
  namespace name {                               \
  std::unique_ptr<ledger::Pillar> make_pillar(); \
  }
#include "control/engine/pillars.def"
#undef PILLAR

namespace control {

std::vector<std::unique_ptr<ledger::Pillar>> make_pillars() {
  std::vector<std::unique_ptr<ledger::Pillar>> pillars;
#define PILLAR(name) pillars.push_back(name::make_pillar());
#include "control/engine/pillars.def"
#undef PILLAR
  score::connect(pillars);
  return pillars;
}

std::vector<ledger::TableSpec> all_tables(
    const std::vector<std::unique_ptr<ledger::Pillar>>& pillars) {
  std::vector<ledger::TableSpec> tables;
  for (const auto& pillar : pillars)
    tables.insert(tables.end(), pillar->tables().begin(), pillar->tables().end());
  return tables;
}

}  // namespace control
}  // namespace fulcrum
