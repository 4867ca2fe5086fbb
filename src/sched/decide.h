#pragma once
// The pure core of the scheduling pillar.
#include "ledger/pillar.h"
#include "sched/state.h"
#include "sched/types.h"

namespace fulcrum::sched {

#define COMMAND(Type, name, role, summary) \
  base::Result<ledger::NewEvents> decide(const State&, const Type&, const ledger::Context&);
#include "sched/commands.def"
#undef COMMAND

#define EVENT(Type, kind)                                     \
  void evolve(State&, const Type&, const ledger::EventMeta&); \
  ledger::NewEvent event(std::string stream, const Type& payload);
#include "sched/events.def"
#undef EVENT

#define QUERY(Type, name, role, summary) \
  base::Result<base::json::value> answer(const State&, const Type&, const ledger::TableReader&);
#include "sched/queries.def"
#undef QUERY

}  // namespace fulcrum::sched
