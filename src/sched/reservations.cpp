#include <fmt/format.h>

#include <algorithm>

#include "base/codec.h"
#include "sched/decide.h"
#include "sched/reservation.h"

namespace fulcrum::sched {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

namespace json = base::json;

/// Past ones are shown for so long.
constexpr std::int64_t kRememberedUs = std::int64_t{30} * 24 * 3600 * 1'000'000;

base::Status check(const State& state, const Reservation& asked, std::int64_t now_us) {
  if (asked.reservation.empty())
    return base::usage("reservation.name", "a reservation needs a name", "reservation");
  if (asked.until_us <= std::max(asked.from_us, now_us) || asked.from_us < 0)
    return base::usage("reservation.time", "a reservation ends after it begins, and lies ahead",
                       "until_us");
  for (std::size_t i = 0; i < asked.nodes.size(); ++i)
    if (!state.nodes.contains(asked.nodes[i]))
      return base::usage("node.unknown", fmt::format("there is no node {}", asked.nodes[i]),
                         fmt::format("nodes[{}]", i), "`fulcrum node list` shows them");
  const bool any = std::any_of(state.nodes.begin(), state.nodes.end(),
                               [&](const auto& node) { return covers(asked, node.second.node); });
  if (!any)
    return base::usage("reservation.nodes", "no node has this name or these labels", "nodes",
                       "name nodes, or labels that some node has");
  return {};
}

/// Two projects cannot have one node at one time; maintenance goes over anything.
base::Status check_overlap(const State& state, const Reservation& asked) {
  if (asked.project.empty()) return {};
  for (const auto& [name, other] : state.reservations) {
    const bool meets = other.from_us < asked.until_us && asked.from_us < other.until_us;
    if (!meets || other.project.empty() || other.project == asked.project ||
        name == asked.reservation)
      continue;
    for (const auto& [node, known] : state.nodes)
      if (covers(other, known.node) && covers(asked, known.node))
        return base::conflict(
            "reservation.overlap",
            fmt::format("{} is reserved for {} then, by {}", node, other.project, name),
            "choose another time or other nodes, or cancel that one");
  }
  return {};
}

std::string_view state_at(const Reservation& reservation, std::int64_t now_us) {
  if (reservation.until_us <= now_us) return "past";
  return reservation.from_us <= now_us ? "current" : "upcoming";
}

}  // namespace

bool covers(const Reservation& reservation, const Node& node) {
  if (std::find(reservation.nodes.begin(), reservation.nodes.end(), node.name) !=
      reservation.nodes.end())
    return true;
  return !reservation.labels.empty() &&
         std::all_of(reservation.labels.begin(), reservation.labels.end(), [&](const auto& label) {
           const auto found = node.labels.find(label.first);
           return found != node.labels.end() && found->second == label.second;
         });
}

const Reservation* kept_off(const Reservations& reservations, const Node& node,
                            const std::string& project, std::int64_t from_us,
                            std::int64_t until_us) {
  const Reservation* first = nullptr;
  for (const auto& [name, reservation] : reservations) {
    const bool meets = reservation.from_us < until_us && from_us < reservation.until_us;
    const bool admits = !reservation.project.empty() && reservation.project == project;
    if (!meets || admits || !covers(reservation, node)) continue;
    if (first == nullptr || reservation.from_us < first->from_us) first = &reservation;
  }
  return first;
}

base::Result<NewEvents> decide(const State& state, const Reservation& command,
                               const Context& context) {
  Reservation asked = command;
  if (asked.from_us == 0) asked.from_us = context.now_us;
  const auto known = state.reservations.find(asked.reservation);
  if (known != state.reservations.end() && known->second.until_us > context.now_us) {
    if (known->second == asked) return NewEvents{};
    return base::conflict("reservation.exists",
                          fmt::format("there is a reservation {} already", asked.reservation),
                          "cancel it first, or choose another name");
  }
  CHECK_OK(check(state, asked, context.now_us));
  CHECK_OK(check_overlap(state, asked));
  const std::string stream = "reservation/" + asked.reservation;
  return NewEvents{event(stream, ReservationAdded{std::move(asked)})};
}

base::Result<NewEvents> decide(const State& state, const CancelReservation& command,
                               const Context& context) {
  const auto known = state.reservations.find(command.reservation);
  if (known == state.reservations.end() || known->second.until_us <= context.now_us)
    return base::not_found("reservation.unknown",
                           fmt::format("no reservation {} lies ahead", command.reservation),
                           "`fulcrum reservation list` shows them");
  return NewEvents{event("reservation/" + command.reservation,
                         ReservationCancelled{command.reservation, command.reason})};
}

void evolve(State& state, const ReservationAdded& added, const EventMeta& meta) {
  std::erase_if(state.reservations, [&](const auto& known) {
    return known.second.until_us < meta.time_us - kRememberedUs;
  });
  state.reservations[added.reservation.reservation] = added.reservation;
  state.changes.add(ChangeOf::kReservations, added.reservation.reservation);
  state.last_us = meta.time_us;
}

void evolve(State& state, const ReservationCancelled& cancelled, const EventMeta& meta) {
  state.reservations.erase(cancelled.reservation);
  state.changes.add(ChangeOf::kReservations, cancelled.reservation);
  state.last_us = meta.time_us;
}

base::Result<json::value> answer(const State& state, const ListReservations& query,
                                 const ledger::TableReader&) {
  const std::int64_t now_us = std::max(query.now_us, state.last_us);
  std::vector<const Reservation*> list;
  for (const auto& [name, reservation] : state.reservations) list.push_back(&reservation);
  std::stable_sort(list.begin(), list.end(), [&](const Reservation* a, const Reservation* b) {
    const bool a_past = a->until_us <= now_us, b_past = b->until_us <= now_us;
    if (a_past != b_past) return b_past;
    return a_past ? a->from_us > b->from_us : a->from_us < b->from_us;
  });
  json::array shown;
  for (const Reservation* reservation : list) {
    json::object line = base::encode(*reservation).get_object();
    line["state"] = state_at(*reservation, now_us);
    json::array nodes;
    for (const auto& [name, node] : state.nodes)
      if (covers(*reservation, node.node)) nodes.push_back(json::string(name));
    line["covers"] = std::move(nodes);
    shown.push_back(std::move(line));
  }
  return json::object{{"now_us", now_us}, {"reservations", std::move(shown)}};
}

}  // namespace fulcrum::sched
