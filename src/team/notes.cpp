// Remarks on anything.
#include "team/decide.h"

namespace fulcrum::team {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

base::Result<NewEvents> decide(const State&, const AddNote& command, const Context&) {
  if (command.subject.empty())
    return base::usage("note.subject", "a note needs a subject", "subject");
  if (command.text.empty()) return base::usage("note.text", "a note needs a text", "text");
  return NewEvents{event("note/" + command.subject, NoteAdded{command.subject, command.text})};
}

void evolve(State& state, const NoteAdded&, const EventMeta&) {
  ++state.notes;
}

base::Result<base::json::value> answer(const State&, const ListNotes& query,
                                       const ledger::TableReader& tables) {
  ledger::Select select{.table = "team_notes", .order = {"-seq"}, .limit = query.limit};
  if (!query.subject.empty()) select.where.push_back({.column = "subject", .value = query.subject});
  TRY(const auto rows, tables.select(select));
  base::json::array notes;
  for (const auto& row : rows)
    notes.push_back(ledger::row_as_json(*tables.spec(select.table), row));
  return base::json::object{{"notes", std::move(notes)}};
}

}  // namespace fulcrum::team
