#pragma once
// What every backend does with a group before it stores it: checks the numbering, hashes the
// leaves, extends the tree and signs the new root.
#include <functional>
#include <span>
#include <vector>

#include "ledger/merkle.h"
#include "ledger/store.h"
#include "ledger/table_buffer.h"

namespace fulcrum::ledger {

struct PreparedGroup {
  std::vector<base::Digest> leaves;      // of all events, in order
  CompactRange tree;                     // after the group
  std::optional<Checkpoint> checkpoint;  // none when the group has no events
};

using VersionOf = std::function<base::Result<std::uint64_t>(std::string_view stream)>;

/// Fails with `ledger.sequence` for a gap in seq or version or an event of another command, and
/// with `ledger.root` when `given` is not the root after the group.
base::Result<PreparedGroup> prepare_group(std::span<const Commit> group, const CompactRange& tree,
                                          const VersionOf& version_of, const Sign& sign,
                                          const Checkpoint* given);

/// Projects every event of the group into the buffer, and turns an escaped exception into
/// `ledger.project`.
base::Status project_group(std::span<const Commit> group, const Project& project,
                           TableBuffer& tables);
base::Status project_event(const Event& event, const Project& project, TableBuffer& tables);

}  // namespace fulcrum::ledger
