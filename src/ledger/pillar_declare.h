// Declares what a pillar's .def lists promise: decide(), evolve(), event() and answer() for each
// line. A pillar's decide.h defines FULCRUM_PILLAR, includes its types and state, then this. No
// include guard: it is expanded once per pillar, and leaves FULCRUM_PILLAR undefined.
#ifndef FULCRUM_PILLAR
#error "define FULCRUM_PILLAR as the pillar's namespace before including pillar_declare.h"
#endif

#include "ledger/pillar.h"

#define FULCRUM_DECLARE_TEXT_(x) #x
#define FULCRUM_DECLARE_TEXT(x) FULCRUM_DECLARE_TEXT_(x)
// clang-format off
#define FULCRUM_DECLARE_DEF(file) FULCRUM_DECLARE_TEXT(FULCRUM_PILLAR/file)
// clang-format on

namespace fulcrum::FULCRUM_PILLAR {

#define COMMAND(Type, name, role, summary) \
  base::Result<ledger::NewEvents> decide(const State&, const Type&, const ledger::Context&);
#include FULCRUM_DECLARE_DEF(commands.def)
#undef COMMAND

#define EVENT(Type, kind)                                     \
  void evolve(State&, const Type&, const ledger::EventMeta&); \
  ledger::NewEvent event(std::string stream, const Type& payload);
#include FULCRUM_DECLARE_DEF(events.def)
#undef EVENT

#define QUERY(Type, name, role, summary) \
  base::Result<base::json::value> answer(const State&, const Type&, const ledger::TableReader&);
#define DATA_QUERY(Type, name, role, summary, about) QUERY(Type, name, role, summary)
#include FULCRUM_DECLARE_DEF(queries.def)
#undef DATA_QUERY
#undef QUERY

}  // namespace fulcrum::FULCRUM_PILLAR

#undef FULCRUM_DECLARE_DEF
#undef FULCRUM_DECLARE_TEXT
#undef FULCRUM_DECLARE_TEXT_
#undef FULCRUM_PILLAR
