#include "ledger/group.h"

#include <fmt/format.h>

#include <exception>
#include <unordered_map>

namespace fulcrum::ledger {

namespace {

base::Status call_project(const Event& event, const base::json::value& payload,
                          const Project& project, TableBuffer& tables) {
  try {
    project(event, payload, tables);
  } catch (const std::exception& error) {
    return base::failed("ledger.project", fmt::format("read models of event {} ({}): {}", event.seq,
                                                      event.kind, error.what()));
  }
  if (!tables.status()) return base::Failure(tables.status().error());
  return {};
}

base::Status check_root(const Checkpoint& given, const CompactRange& tree) {
  if (given.size == tree.size() && given.root == tree.root()) return {};
  return base::failed(
      "ledger.root",
      fmt::format("the checkpoint of {} events does not match them: expected root "
                  "{}, got {} over {} events",
                  given.size, base::to_hex(given.root), base::to_hex(tree.root()), tree.size()));
}

}  // namespace

base::Result<PreparedGroup> prepare_group(std::span<const Commit> group, const CompactRange& tree,
                                          const VersionOf& version_of, const Sign& sign,
                                          const Checkpoint* given) {
  PreparedGroup prepared;
  prepared.tree = tree;
  std::unordered_map<std::string_view, std::uint64_t> versions;
  std::int64_t last_time_us = 0;
  for (const Commit& commit : group) {
    for (const Event& event : commit.events) {
      if (event.seq != prepared.tree.size() + 1)
        return base::failed("ledger.sequence", fmt::format("expected event {}, got {}",
                                                           prepared.tree.size() + 1, event.seq));
      if (event.command_id != commit.command_id)
        return base::failed("ledger.sequence",
                            fmt::format("event {} belongs to another command", event.seq));
      auto [at, is_new] = versions.try_emplace(event.stream, 0);
      if (is_new) {
        TRY(at->second, version_of(event.stream));
      }
      if (event.version != ++at->second)
        return base::failed("ledger.sequence",
                            fmt::format("stream {}: expected version {}, got {}", event.stream,
                                        at->second, event.version));
      prepared.leaves.push_back(leaf_hash(event));
      prepared.tree.append(prepared.leaves.back());
      last_time_us = event.time_us;
    }
  }
  if (given) {
    CHECK_OK(check_root(*given, prepared.tree));
    prepared.checkpoint = *given;
  } else if (!prepared.leaves.empty()) {
    Checkpoint checkpoint{prepared.tree.size(), last_time_us, prepared.tree.root(), {}};
    if (sign) checkpoint.signature = sign(checkpoint_text(checkpoint));
    prepared.checkpoint = std::move(checkpoint);
  }
  return prepared;
}

base::Status project_event(const Event& event, const Project& project, TableBuffer& tables) {
  TRY(const auto payload, base::parse_json(event.payload, "event payload"));
  return call_project(event, payload, project, tables);
}

base::Status project_group(std::span<const Commit> group, const Project& project,
                           TableBuffer& tables) {
  if (!project) return {};
  for (const Commit& commit : group) {
    const bool is_parsed = commit.payloads.size() == commit.events.size();
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
      if (is_parsed) {
        CHECK_OK(call_project(commit.events[i], commit.payloads[i], project, tables));
      } else {
        CHECK_OK(project_event(commit.events[i], project, tables));
      }
    }
  }
  return {};
}

}  // namespace fulcrum::ledger
