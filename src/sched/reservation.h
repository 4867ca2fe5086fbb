#pragma once
// Nodes that are spoken for at some time: for one project, or for maintenance and then for nobody.
#include <boost/describe/class.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fulcrum::sched {

struct Node;

/// Also the body of `reservation.add`. From `from_us` to `until_us` (exclusive) its nodes start
/// jobs of `project` alone; before it, what would not have ended by then. What runs is not stopped.
struct Reservation {
  std::string reservation;                    // its name
  std::vector<std::string> nodes;             // by name
  std::map<std::string, std::string> labels;  // and every node that has all of these
  std::int64_t from_us = 0;                   // 0: now
  std::int64_t until_us = 0;
  std::string project;  // empty: maintenance, nobody
  std::string reason;   // for people
  static constexpr std::string_view kRequired[] = {"reservation", "until_us"};
  bool operator==(const Reservation&) const = default;
};
BOOST_DESCRIBE_STRUCT(Reservation, (),
                      (reservation, nodes, labels, from_us, until_us, project, reason))

using Reservations = std::map<std::string, Reservation>;  // by name

bool covers(const Reservation& reservation, const Node& node);

/// Of the reservations that keep a job of `project` off the node at some moment of [from_us,
/// until_us), the one that begins first; null: none does. For a job that would run until an unknown
/// time, until_us is INT64_MAX.
const Reservation* kept_off(const Reservations& reservations, const Node& node,
                            const std::string& project, std::int64_t from_us,
                            std::int64_t until_us);

}  // namespace fulcrum::sched
