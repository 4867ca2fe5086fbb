#pragma once
// The pure core of the product pillar.
#include "ledger/pillar.h"
#include "product/event_types.h"
#include "product/query_types.h"
#include "product/state.h"
#include "product/types.h"

namespace fulcrum::product {

#define COMMAND(Type, name, role, summary) \
  base::Result<ledger::NewEvents> decide(const State&, const Type&, const ledger::Context&);
#include "product/commands.def"
#undef COMMAND

#define EVENT(Type, kind)                                     \
  void evolve(State&, const Type&, const ledger::EventMeta&); \
  ledger::NewEvent event(std::string stream, const Type& payload);
#include "product/events.def"
#undef EVENT

#define QUERY(Type, name, role, summary) \
  base::Result<base::json::value> answer(const State&, const Type&, const ledger::TableReader&);
#include "product/queries.def"
#undef QUERY

}  // namespace fulcrum::product
