// Who did and read what, and whose personal data there is.
#include "trust/decide.h"

namespace fulcrum::trust {

using ledger::Compare;
using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

base::Result<NewEvents> decide(const State&, const RecordAccess& command, const Context& context) {
  if (command.what.empty()) return base::usage("access.what", "say what was done", "what");
  if (command.subject.empty())
    return base::usage("access.subject", "say which data was read", "subject");
  return NewEvents{event("audit/" + context.actor, AccessRecorded{command.what, command.subject, 1,
                                                                  context.now_us, context.now_us})};
}

base::Result<NewEvents> decide(const State& state, const EraseSubject& command, const Context&) {
  if (command.subject.empty())
    return base::usage("subject.empty", "name the subject to erase", "subject", "see subject.list");
  if (command.reason.empty())
    return base::usage("subject.reason", "an erasure needs a reason", "reason");
  if (state.erased.contains(command.subject))
    return base::conflict("subject.erased", command.subject + " was erased already");
  return NewEvents{
      event("subject/" + command.subject, SubjectErased{command.subject, command.reason})};
}

void evolve(State&, const CommandRefused&, const EventMeta&) {}
void evolve(State&, const AccessRecorded&, const EventMeta&) {}
void evolve(State& state, const SubjectErased& e, const EventMeta& meta) {
  state.erased[e.subject] = meta.time_us;
}

base::Result<base::json::value> answer(const State&, const ListAudit& query,
                                       const ledger::TableReader& tables) {
  ledger::Select select{.table = "trust_audit", .order = {"-seq"}, .limit = query.limit};
  const auto require = [&](std::string column, Compare compare, ledger::Value value) {
    select.where.push_back({std::move(column), compare, std::move(value)});
  };
  if (!query.actor.empty()) require("actor", Compare::kEqual, query.actor);
  if (!query.what.empty()) require("what", Compare::kPrefix, query.what);
  if (!query.subject.empty()) require("subject", Compare::kPrefix, query.subject);
  if (!query.outcome.empty()) require("outcome", Compare::kEqual, query.outcome);
  if (query.from_us != 0) require("time_us", Compare::kGreaterEqual, query.from_us);
  if (query.to_us != 0) require("time_us", Compare::kLess, query.to_us);
  if (query.before_seq != 0)
    require("seq", Compare::kLess, static_cast<std::int64_t>(query.before_seq));
  TRY(const auto rows, tables.select(select));
  base::json::array entries;
  for (const auto& row : rows)
    entries.push_back(ledger::row_as_json(*tables.spec(select.table), row));
  return base::json::object{{"audit", std::move(entries)}};
}

base::Result<base::json::value> answer(const State& state, const ListSubjects& query,
                                       const ledger::TableReader& tables) {
  ledger::Select select{.table = "trust_subjects", .limit = query.limit};
  if (!query.subject.empty()) select.where.push_back({"subject", Compare::kPrefix, query.subject});
  TRY(const auto rows, tables.select(select));
  base::json::array subjects;
  for (const auto& row : rows) {
    auto subject = ledger::row_as_json(*tables.spec(select.table), row);
    const auto erased = state.erased.find(ledger::as_text(row[0]));
    subject["erased"] = erased != state.erased.end();
    if (erased != state.erased.end()) subject["erased_at_us"] = erased->second;
    subjects.push_back(std::move(subject));
  }
  return base::json::object{{"subjects", std::move(subjects)}};
}

}  // namespace fulcrum::trust
