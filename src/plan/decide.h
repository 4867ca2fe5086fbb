#pragma once
// The pure core of plan runs.
#include "ledger/pillar.h"
#include "plan/state.h"
#include "plan/types.h"

namespace fulcrum::plan {

#define COMMAND(Type, name, role, summary) \
  base::Result<ledger::NewEvents> decide(const State&, const Type&, const ledger::Context&);
#include "plan/commands.def"
#undef COMMAND

#define EVENT(Type, kind)                                       \
  void evolve(State&, const Type&, const ledger::EventMeta&);   \
  ledger::NewEvent event(std::string stream, const Type& payload);
#include "plan/events.def"
#undef EVENT

#define QUERY(Type, name, role, summary)                                    \
  base::Result<base::json::value> answer(const State&, const Type&,         \
                                         const ledger::TableReader&);
#include "plan/queries.def"
#undef QUERY

}  // namespace fulcrum::plan
