#pragma once
// Turns queued commands into one group: authorise, decide, number, seal, evolve. Used by the
// writer thread alone, under the state lock.
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "control/engine/engine.h"
#include "control/engine/engine_state.h"

namespace fulcrum::control {

/// A command on its way.
struct PendingCommand {
  CommandRequest request;
  std::function<void(base::Result<CommandReply>)> done;
  base::Result<CommandReply> reply = CommandReply{};
  bool is_in_group = false;         // its reply depends on the group's commit
  ledger::NewEvents evidence = {};  // the engine's own: no command, nothing is decided
};

class GroupBuilder {
 public:
  GroupBuilder(EngineState& state, ledger::Store& store, ledger::SubjectVault* vault,
               const EngineOptions& options);

  /// Decides the command against the state as it is after the group so far, and adds what it
  /// causes. Sets reply and is_in_group.
  void add(PendingCommand& pending);
  const std::vector<ledger::Commit>& commits() const { return commits_; }
  std::uint64_t events() const { return events_; }
  /// Subjects erased by this group.
  const std::vector<std::string>& erased() const { return erased_; }
  /// Starts the next group after a commit, or after a failed one.
  void start(bool has_failed);
  std::string next_id() { return ids_.next(now_us()); }

 private:
  struct Accepted {
    CommandReply reply;
    std::string command;
    std::string actor;
    std::string body;                   // as recognised; "": not compared
    std::vector<std::string> subjects;  // whose keys went into that
  };
  base::Result<CommandReply> decide(PendingCommand& pending);
  /// None when the key is new.
  base::Result<std::optional<CommandReply>> earlier_reply(const CommandRequest& request,
                                                          bool& is_in_group);
  base::Result<std::optional<CommandReply>> stored_reply(const CommandRequest& request);
  /// Fails when the body is not the one that was recognised when the key was used.
  base::Status check_body(const CommandRequest& request, std::string_view recognised,
                          const std::vector<std::string>& subjects) const;
  base::Failure refuse(PendingCommand& pending, ledger::Role needed);
  base::Result<CommandReply> accept(const CommandRequest& request, std::string command_id,
                                    ledger::NewEvents events, std::int64_t now_us);
  base::Result<std::uint64_t> next_version(const std::string& stream);
  std::int64_t now_us();

  EngineState& state_;
  ledger::Store& store_;
  ledger::SubjectVault* vault_;
  const EngineOptions& options_;
  base::IdSource ids_;
  base::Random random_;
  std::vector<ledger::Commit> commits_;
  std::unordered_map<std::string, Accepted> by_key_;
  std::unordered_map<std::string, std::uint64_t> versions_;
  std::vector<std::string> erased_;
  std::uint64_t events_ = 0;
};

}  // namespace fulcrum::control
