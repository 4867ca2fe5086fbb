#pragma once
// What happened. Events are only ever appended; every other table can be rebuilt from them.
#include <cstdint>
#include <string>
#include <vector>

namespace fulcrum::ledger {

/// A fact to be appended; the engine fills in the rest of Event.
struct NewEvent {
  std::string stream;   // "job/01J…": what it is about
  std::string kind;     // "job.submitted"; a changed shape is a new kind ("job.submitted.2")
  std::string payload;  // one JSON object, compact
};

/// A stored fact.
struct Event {
  std::uint64_t seq = 0;     // from 1, gapless
  std::int64_t time_us = 0;  // UTC
  std::string stream;
  std::uint64_t version = 0;  // within the stream, from 1, gapless
  std::string kind;
  std::string actor;       // who: "member/01J…", "service/runner"
  std::string command_id;  // the command that caused it
  std::string payload;     // as stored: personal fields are sealed
};

/// What decide() returns, and what one accepted command appends, in order.
using NewEvents = std::vector<NewEvent>;

}  // namespace fulcrum::ledger
