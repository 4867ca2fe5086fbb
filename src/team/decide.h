#pragma once
// The pure core of the team pillar.
#include "ledger/pillar.h"
#include "team/state.h"
#include "team/types.h"

namespace fulcrum::team {

#define COMMAND(Type, name, role, summary) \
  base::Result<ledger::NewEvents> decide(const State&, const Type&, const ledger::Context&);
#include "team/commands.def"
#undef COMMAND

#define EVENT(Type, kind)                                     \
  void evolve(State&, const Type&, const ledger::EventMeta&); \
  ledger::NewEvent event(std::string stream, const Type& payload);
#include "team/events.def"
#undef EVENT

#define QUERY(Type, name, role, summary) \
  base::Result<base::json::value> answer(const State&, const Type&, const ledger::TableReader&);
#include "team/queries.def"
#undef QUERY

}  // namespace fulcrum::team
