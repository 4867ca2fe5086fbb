#pragma once
// Commands, queries and events of the team pillar. Each struct is described once; codecs, schemas
// and fronts come from that.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/personal.h"

namespace fulcrum::team {

/// A remark on anything: `subject` is a stream ("job/01J…") or any name.
struct AddNote {
  std::string subject;
  std::string text;
  static constexpr std::string_view kRequired[] = {"subject", "text"};
};
BOOST_DESCRIBE_STRUCT(AddNote, (), (subject, text))

struct NoteAdded {
  std::string subject;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(NoteAdded, (), (subject, text))

struct ListNotes {
  std::string subject;  // empty: all
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListNotes, (), (subject, limit))

/// `member` is the id ("ada" gives the stream member/ada); empty: a new one is made. The name is
/// sealed under that stream, so that subject.erase erases it. Sent again it replaces.
struct AddMember {
  std::string member;
  std::string name;
  std::string title;
  std::vector<std::string> skills;
  static constexpr std::string_view kRequired[] = {"name"};
};
BOOST_DESCRIBE_STRUCT(AddMember, (), (member, name, title, skills))

/// `level` 0 (forgotten) to 5 (teaches it); `evidence` names the work that shows it.
struct SetSkill {
  std::string member;
  std::string skill;
  unsigned level = 1;
  std::string evidence;
  static constexpr std::string_view kRequired[] = {"member", "skill", "level"};
};
BOOST_DESCRIBE_STRUCT(SetSkill, (), (member, skill, level, evidence))

struct LeaveMember {
  std::string member;
  static constexpr std::string_view kRequired[] = {"member"};
};
BOOST_DESCRIBE_STRUCT(LeaveMember, (), (member))

/// Which way the value has to go.
enum class Direction { kAtLeast, kAtMost };
BOOST_DESCRIBE_ENUM(Direction, kAtLeast, kAtMost)

/// A number that a query gives: {"name":"score.show","parameters":{},
/// "pointer":"/scores/data_quality/value","target":0.8}. `pointer` is an RFC 6901 JSON pointer.
struct SavedQuery {
  std::string name;
  base::json::value parameters = base::json::object{};
  std::string pointer;
  double target = 0;
  Direction direction = Direction::kAtLeast;
  static constexpr std::string_view kRequired[] = {"name", "pointer", "target"};
};
BOOST_DESCRIBE_STRUCT(SavedQuery, (), (name, parameters, pointer, target, direction))

/// Sent again it replaces the goal of the same words.
struct AddGoal {
  std::string goal;
  std::string owner;
  std::int64_t due_us = 0;  // 0: none
  SavedQuery query;
  static constexpr std::string_view kRequired[] = {"goal", "query"};
};
BOOST_DESCRIBE_STRUCT(AddGoal, (), (goal, owner, due_us, query))

struct CloseGoal {
  std::string goal;
  bool met = false;
  std::string note;
  static constexpr std::string_view kRequired[] = {"goal", "met"};
};
BOOST_DESCRIBE_STRUCT(CloseGoal, (), (goal, met, note))

enum class Outcome { kTried, kAdopted };
BOOST_DESCRIBE_ENUM(Outcome, kTried, kAdopted)

/// An improvement is known by its title; once adopted it stays adopted.
struct RecordImprovement {
  std::string title;
  Outcome outcome = Outcome::kTried;
  std::string evidence;
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"title", "outcome"};
};
BOOST_DESCRIBE_STRUCT(RecordImprovement, (), (title, outcome, evidence, simulated))

struct SetBudget {
  std::string budget;  // "gpu", "labels"
  double amount_usd = 0;
  static constexpr std::string_view kRequired[] = {"budget", "amount_usd"};
};
BOOST_DESCRIBE_STRUCT(SetBudget, (), (budget, amount_usd))

struct SpendBudget {
  std::string budget;
  double amount_usd = 0;
  std::string what;
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"budget", "amount_usd"};
};
BOOST_DESCRIBE_STRUCT(SpendBudget, (), (budget, amount_usd, what, simulated))

struct MemberAdded {
  std::string member;
  base::Personal name;
  std::string title;
  std::vector<std::string> skills;
};
BOOST_DESCRIBE_STRUCT(MemberAdded, (), (member, name, title, skills))

struct SkillSet {
  std::string member;
  std::string skill;
  unsigned level = 1;
  std::string evidence;
};
BOOST_DESCRIBE_STRUCT(SkillSet, (), (member, skill, level, evidence))

struct MemberLeft {
  std::string member;
};
BOOST_DESCRIBE_STRUCT(MemberLeft, (), (member))

struct GoalAdded {
  std::string goal;
  std::string owner;
  std::int64_t due_us = 0;
  SavedQuery query;
};
BOOST_DESCRIBE_STRUCT(GoalAdded, (), (goal, owner, due_us, query))

struct GoalClosed {
  std::string goal;
  bool met = false;
  std::string note;
};
BOOST_DESCRIBE_STRUCT(GoalClosed, (), (goal, met, note))

struct ImprovementRecorded {
  std::string title;
  Outcome outcome = Outcome::kTried;
  std::string evidence;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(ImprovementRecorded, (), (title, outcome, evidence, simulated))

struct BudgetSet {
  std::string budget;
  double amount_usd = 0;
};
BOOST_DESCRIBE_STRUCT(BudgetSet, (), (budget, amount_usd))

struct BudgetSpent {
  std::string budget;
  double amount_usd = 0;
  std::string what;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(BudgetSpent, (), (budget, amount_usd, what, simulated))

struct ListMembers {
  bool left = false;  // also those who have left
};
BOOST_DESCRIBE_STRUCT(ListMembers, (), (left))

struct ListGoals {
  std::string owner;
  bool closed = false;  // also those that ended
};
BOOST_DESCRIBE_STRUCT(ListGoals, (), (owner, closed))

struct ListImprovements {};
BOOST_DESCRIBE_STRUCT(ListImprovements, (), ())

struct ListBudgets {};
BOOST_DESCRIBE_STRUCT(ListBudgets, (), ())

}  // namespace fulcrum::team
