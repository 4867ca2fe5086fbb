#pragma once
// Removing what no version needs, and looking whether all that is needed is there.
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "data/versions/repository.h"

namespace fulcrum::data::versions {

struct GcRequest {
  std::set<std::string> roots;  // versions that runs, models, labels … refer to, beside all refs
  std::int64_t now_us = 0;
  std::int64_t grace_us = 0;  // how long a commit in flight may take; 0: nobody else writes
  bool dry_run = false;
};

struct GcResult {
  std::uint64_t versions = 0, chunks = 0, live_bytes = 0;  // kept; bytes as stored
  std::uint64_t packs = 0, pack_bytes = 0;                 // there were before
  std::uint64_t condemned_packs = 0, condemned_bytes = 0;  // go after the grace time
  std::uint64_t removed_packs = 0, removed_bytes = 0;
  std::uint64_t copied_chunks = 0, copied_bytes = 0;  // out of packs that go
  std::vector<std::string> missing_roots;             // asked for and not there
};

/// In two steps, so that no writer loses what it counts on. First a pack that holds nothing live is
/// condemned (one that is mostly dead as well, and small ones where there are many, after their
/// live chunks were copied): whoever opens the repository from then on stores anew what only
/// condemned packs hold. Once the grace time has passed and still nothing needs it, it goes; a
/// writer that took longer than half of that is refused (Repository::publish). Interrupted at any
/// moment it leaves everything readable. A root that is not there is reported, and does not stop
/// it; a version that cannot be read does.
base::Result<GcResult> collect_garbage(Repository& repository, const GcRequest& request);

struct Problem {
  std::string where;  // version, and path or chunk
  std::string code, message;
};
struct VerifyResult {
  std::uint64_t versions = 0, files = 0, chunks = 0, bytes = 0;
  std::vector<Problem> problems;
};
/// Reads everything that the versions hold (their ancestors as well, when `with_history`): chunks
/// against their names, files against their hashes, pages, records.
base::Result<VerifyResult> verify(const Repository& repository,
                                  const std::vector<std::string>& versions, bool with_history,
                                  const std::function<void(std::uint64_t bytes)>& on_progress);

}  // namespace fulcrum::data::versions
