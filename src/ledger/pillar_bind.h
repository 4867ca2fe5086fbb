#pragma once
// Makes a Pillar from a pillar's plain functions. Include it in exactly one file per pillar
// (fronts.cpp), since every codec is instantiated here.
//
// A pillar `team` offers, in namespace fulcrum::team:
//   types.h       described command, query and event structs
//   commands.def  COMMAND(AddNote, "note.add", kMember, "A remark on anything")
//   queries.def   QUERY(ListNotes, "note.list", kViewer, "Remarks, newest first")
//                 DATA_QUERY(LabelResult, "label.result", kViewer, "Labels …", "queue")
//                 where the answer is data whose reading is audited, by that parameter ("": none)
//   events.def    EVENT(NoteAdded, "note.added")
//   state.h       struct State (described: it is saved in snapshots)
//   decide.h      Result<NewEvents> decide(const State&, const AddNote&, const Context&); …
//                 void evolve(State&, const NoteAdded&, const EventMeta&); …
//                 Result<json::value> answer(const State&, const ListNotes&, const TableReader&); …
//   read_models.h std::vector<TableSpec> table_specs();
//                 void project(const Event&, const json::value& payload, TableWriter&);
// and in fronts.cpp:
//   #define FULCRUM_PILLAR team
//   #include "ledger/pillar_bind.h"
// A pillar whose read models cover every pillar's events (trust's audit) also defines
// FULCRUM_PILLAR_PROJECTS_ALL; its project() then sees all kinds, evolve() still only its own.
// which also defines, for each EVENT, `NewEvent event(std::string stream, const NoteAdded&)`.
// decide.h declares all of these through pillar_declare.h.
#ifndef FULCRUM_PILLAR
#error "define FULCRUM_PILLAR as the pillar's namespace before including pillar_bind.h"
#endif

#include <unordered_map>

#include "base/codec.h"
#include "ledger/pillar.h"

#define FULCRUM_STRINGIFY_(x) #x
#define FULCRUM_STRINGIFY(x) FULCRUM_STRINGIFY_(x)
// clang-format off
#define FULCRUM_DEF(file) FULCRUM_STRINGIFY(FULCRUM_PILLAR/file)
// clang-format on

namespace fulcrum::FULCRUM_PILLAR {

namespace {

using ledger::Context;
using ledger::Event;
using ledger::EventMeta;
using ledger::NewEvents;
using ledger::TableReader;
using ledger::TableWriter;
namespace json = base::json;

class BoundPillar final : public ledger::Pillar {
 public:
  BoundPillar() : tables_(table_specs()) {
#define COMMAND(Type, command_name, role, summary)                                           \
  commands_.push_back({command_name, ledger::Role::role, summary, base::schema_of<Type>()}); \
  deciders_[command_name] = [](const State& state, const json::value& body,                  \
                               const Context& context) -> base::Result<NewEvents> {          \
    TRY(auto command, base::decode<Type>(body));                                             \
    return FULCRUM_PILLAR::decide(state, command, context);                                  \
  };
#include FULCRUM_DEF(commands.def)
#undef COMMAND
#define QUERY(Type, query_name, role, summary)                                            \
  queries_.push_back({query_name, ledger::Role::role, summary, base::schema_of<Type>()}); \
  answers_[query_name] = [](const State& state, const json::value& parameters,            \
                            const TableReader& tables) -> base::Result<json::value> {     \
    TRY(auto query, base::decode<Type>(parameters));                                      \
    return FULCRUM_PILLAR::answer(state, query, tables);                                  \
  };
#define DATA_QUERY(Type, query_name, role, summary, parameter) \
  QUERY(Type, query_name, role, summary)                       \
  queries_.back().reads_data = true;                           \
  queries_.back().about = parameter;
#include FULCRUM_DEF(queries.def)
#undef DATA_QUERY
#undef QUERY
#define EVENT(Type, event_kind)                                                                 \
  evolvers_[event_kind] = [](State& state, const json::value& payload, const EventMeta& meta) { \
    auto event = base::decode<Type>(payload);                                                   \
    if (event) FULCRUM_PILLAR::evolve(state, *event, meta);                                     \
  };
#include FULCRUM_DEF(events.def)
#undef EVENT
  }

  std::string_view name() const override {
    return FULCRUM_STRINGIFY(FULCRUM_PILLAR);
  }
  const std::vector<ledger::CommandSpec>& commands() const override {
    return commands_;
  }
  const std::vector<ledger::QuerySpec>& queries() const override {
    return queries_;
  }
  const std::vector<ledger::TableSpec>& tables() const override {
    return tables_;
  }

  base::Result<NewEvents> decide(std::string_view command, const json::value& body,
                                 const Context& context) const override {
    const auto found = deciders_.find(command);
    if (found == deciders_.end())
      return base::usage("command.unknown", "no such command: " + std::string(command));
    return found->second(state_, body, context);
  }
  void evolve(const Event& event, const json::value& payload) override {
    const auto found = evolvers_.find(event.kind);
    if (found == evolvers_.end()) return;
    found->second(state_, payload, EventMeta{event.seq, event.time_us, event.stream, event.actor});
  }
  void project(const Event& event, const json::value& payload, TableWriter& tables) const override {
#ifndef FULCRUM_PILLAR_PROJECTS_ALL
    if (!evolvers_.contains(event.kind)) return;
#endif
    FULCRUM_PILLAR::project(event, payload, tables);
  }
  base::Result<json::value> answer(std::string_view query, const json::value& parameters,
                                   const TableReader& tables) const override {
    const auto found = answers_.find(query);
    if (found == answers_.end())
      return base::usage("query.unknown", "no such query: " + std::string(query));
    return found->second(state_, parameters, tables);
  }

  json::value save() const override {
    return base::encode(state_);
  }
  base::Status restore(const json::value& saved) override {
    if (saved.is_null() || (saved.is_object() && saved.get_object().empty())) {
      state_ = State{};
      return {};
    }
    TRY(state_, base::decode<State>(saved, std::string(name())));
    return {};
  }

  std::string state_shape() const override {
    return base::to_text(base::schema_of<State>());
  }

  const State& state() const {
    return state_;
  }

 private:
  using Decide = base::Result<NewEvents> (*)(const State&, const json::value&, const Context&);
  using Answer = base::Result<json::value> (*)(const State&, const json::value&,
                                               const TableReader&);
  using Evolve = void (*)(State&, const json::value&, const EventMeta&);
  std::vector<ledger::CommandSpec> commands_;
  std::vector<ledger::QuerySpec> queries_;
  std::vector<ledger::TableSpec> tables_;
  std::unordered_map<std::string_view, Decide> deciders_;
  std::unordered_map<std::string_view, Answer> answers_;
  std::unordered_map<std::string_view, Evolve> evolvers_;
  State state_;
};

}  // namespace

#define EVENT(Type, event_kind)                                                   \
  ledger::NewEvent event(std::string stream, const Type& payload) {               \
    return {std::move(stream), event_kind, base::to_text(base::encode(payload))}; \
  }
#include FULCRUM_DEF(events.def)
#undef EVENT

std::unique_ptr<ledger::Pillar> make_pillar() {
  return std::make_unique<BoundPillar>();
}

const State& state_of(const ledger::Pillar& pillar) {
  return static_cast<const BoundPillar&>(pillar).state();
}

}  // namespace fulcrum::FULCRUM_PILLAR
