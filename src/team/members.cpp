// Who is in the team and what they can do.
#include "team/decide.h"

namespace fulcrum::team {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

base::Status known(const State& state, const std::string& member) {
  if (!state.members.contains(member))
    return base::not_found("member.unknown", "no member " + member, "see member.list");
  return {};
}

}  // namespace

base::Result<NewEvents> decide(const State&, const AddMember& command, const Context& context) {
  if (command.name.empty()) return base::usage("member.name", "a member needs a name", "name");
  const std::string id =
      command.member.empty() ? context.ids->next(context.now_us) : command.member;
  const std::string stream = "member/" + id;
  return NewEvents{event(stream, MemberAdded{id, base::Personal{stream, command.name},
                                             command.title, command.skills})};
}

base::Result<NewEvents> decide(const State& state, const SetSkill& command, const Context&) {
  CHECK_OK(known(state, command.member));
  if (command.skill.empty()) return base::usage("member.skill", "name the skill", "skill");
  if (command.level > 5) return base::usage("member.level", "a level is 0 to 5", "level");
  return NewEvents{event("member/" + command.member,
                         SkillSet{command.member, command.skill, command.level, command.evidence})};
}

base::Result<NewEvents> decide(const State& state, const LeaveMember& command, const Context&) {
  CHECK_OK(known(state, command.member));
  if (state.members.at(command.member).has_left) return NewEvents{};
  return NewEvents{event("member/" + command.member, MemberLeft{command.member})};
}

void evolve(State& state, const MemberAdded& e, const EventMeta&) {
  state.members[e.member] = Member{e.name, false};
}
void evolve(State&, const SkillSet&, const EventMeta&) {}
void evolve(State& state, const MemberLeft& e, const EventMeta&) {
  state.members[e.member].has_left = true;
}

base::Result<base::json::value> answer(const State& state, const ListMembers& query,
                                       const ledger::TableReader& tables) {
  ledger::Select select{.table = "team_members", .limit = 0};
  if (!query.left) select.where.push_back({.column = "has_left", .value = std::int64_t{0}});
  TRY(const auto rows, tables.select(select));
  TRY(const auto skills, tables.select({.table = "team_skills", .limit = 0}));
  base::json::array members;
  for (const auto& row : rows) {
    auto member = ledger::row_as_json(*tables.spec("team_members"), row);
    // The table holds no names: they are opened in the state alone.
    const auto known = state.members.find(ledger::as_text(row[0]));
    member["name"] = known != state.members.end() ? known->second.name.text : std::string();
    base::json::array of_member;
    for (const auto& skill : skills)
      if (ledger::as_text(skill[0]) == ledger::as_text(row[0]))
        of_member.push_back(ledger::row_as_json(*tables.spec("team_skills"), skill));
    member["skills"] = std::move(of_member);
    members.push_back(std::move(member));
  }
  return base::json::object{{"members", std::move(members)}};
}

}  // namespace fulcrum::team
