#pragma once
// Checks a ledger against its own proofs, from the events' content up.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ledger/store.h"

namespace fulcrum::ledger {

/// Called now and then from the caller's thread.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct VerifyOptions {
  /// Ed25519 keys (32 bytes each) of which one must have signed every checkpoint; empty:
  /// signatures are not checked, and the report says so.
  std::vector<std::string> public_keys = {};
  /// Checkpoints that somebody else kept: the ledger must still begin with them. Only these show
  /// that its tail was cut off.
  std::vector<Checkpoint> witnessed = {};
  Progress progress = {};
};

struct VerifyReport {
  bool ok = false;
  bool signatures_checked = false;
  std::uint64_t events = 0;       // found
  std::uint64_t checkpoints = 0;  // checked
  std::string root;               // hexadecimal, over the events' content
  /// The first altered, missing or added event; when only a range between two checkpoints can be
  /// named, its first, and `reason` gives the range. 0 when all is well.
  std::uint64_t first_bad_seq = 0;
  std::string reason;
};

/// Recomputes every leaf from the event and compares it with the stored one, the root at every
/// checkpoint, the signatures, and that seqs and versions have no gap. A damaged ledger is a
/// report, not a failure; fails with `ledger.read` when it cannot be read at all.
base::Result<VerifyReport> verify(const Store& store, const VerifyOptions& options = {});

}  // namespace fulcrum::ledger
