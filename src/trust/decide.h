#pragma once
// The pure core of the trust pillar.
#include "ledger/pillar.h"
#include "trust/state.h"
#include "trust/types.h"

namespace fulcrum::trust {

#define COMMAND(Type, name, role, summary) \
  base::Result<ledger::NewEvents> decide(const State&, const Type&, const ledger::Context&);
#include "trust/commands.def"
#undef COMMAND

#define EVENT(Type, kind)                                     \
  void evolve(State&, const Type&, const ledger::EventMeta&); \
  ledger::NewEvent event(std::string stream, const Type& payload);
#include "trust/events.def"
#undef EVENT

#define QUERY(Type, name, role, summary) \
  base::Result<base::json::value> answer(const State&, const Type&, const ledger::TableReader&);
#include "trust/queries.def"
#undef QUERY

}  // namespace fulcrum::trust
