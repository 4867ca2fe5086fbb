#pragma once
// The pure core of the release pillar.
#include "ledger/pillar.h"
#include "release/state.h"
#include "release/types.h"

namespace fulcrum::release {

#define COMMAND(Type, name, role, summary) \
  base::Result<ledger::NewEvents> decide(const State&, const Type&, const ledger::Context&);
#include "release/commands.def"
#undef COMMAND

#define EVENT(Type, kind)                                     \
  void evolve(State&, const Type&, const ledger::EventMeta&); \
  ledger::NewEvent event(std::string stream, const Type& payload);
#include "release/events.def"
#undef EVENT

#define QUERY(Type, name, role, summary) \
  base::Result<base::json::value> answer(const State&, const Type&, const ledger::TableReader&);
#include "release/queries.def"
#undef QUERY

}  // namespace fulcrum::release
