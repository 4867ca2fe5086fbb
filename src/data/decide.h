#pragma once
// The pure core of the data pillar.
#include "data/state.h"
#include "data/types.h"
#include "ledger/pillar.h"

namespace fulcrum::data {

#define COMMAND(Type, name, role, summary) \
  base::Result<ledger::NewEvents> decide(const State&, const Type&, const ledger::Context&);
#include "data/commands.def"
#undef COMMAND

#define EVENT(Type, kind)                                     \
  void evolve(State&, const Type&, const ledger::EventMeta&); \
  ledger::NewEvent event(std::string stream, const Type& payload);
#include "data/events.def"
#undef EVENT

#define QUERY(Type, name, role, summary) \
  base::Result<base::json::value> answer(const State&, const Type&, const ledger::TableReader&);
#include "data/queries.def"
#undef QUERY

}  // namespace fulcrum::data
