#pragma once
// What a gateway saw, and the proof of it: every request and every reward is a line of a log that
// is sealed in chunks; the counts are those of the lines, so that reading the chunks again gives
// the same counts.
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "objects/store.h"
#include "release/tally.h"
#include "release/types.h"

namespace fulcrum::control {

struct EvidenceLimits {
  std::size_t open_requests = 200'000;           // request ids remembered for their rewards
  std::int64_t open_us = 30LL * 60 * 1'000'000;  // … and for how long
  std::size_t users = 1'000'000;                 // kept apart per arm
  std::size_t unsealed_lines = 1'000'000;        // beyond it nothing is counted until a cut
};

/// One request that an arm was to answer.
struct ServedRequest {
  std::string id;
  std::uint64_t user = 0;  // release::user_key
  release::Arm arm = release::Arm::kStable;
  int status = 0;  // as the arm answered; 0: it did not
  std::int64_t time_us = 0;
  std::int64_t latency_us = 0;
  bool is_slow = false;
};

enum class RewardResult { kCounted, kRepeated, kUnknown, kNotServed };

/// Counts so far, with the chunk that they rest on.
struct EvidenceCut {
  release::ArmCounts stable;
  release::ArmCounts candidate;
  std::optional<release::SampleChunk> chunk;  // none when nothing is new
};

/// Thread-safe.
class GatewayEvidence {
 public:
  GatewayEvidence(objects::Store& objects, EvidenceLimits limits)
      : objects_(objects), limits_(limits), stable_(limits.users), candidate_(limits.users) {}

  void served(const ServedRequest& request);
  /// A second reward of the same request changes nothing.
  RewardResult reward(const std::string& id, bool is_success, std::int64_t time_us);

  /// Seals the lines since the last cut (zstd, JSON lines). Fails with `object.write`; nothing is
  /// lost then.
  base::Result<EvidenceCut> cut();
  /// Before any traffic: counts the lines of sealed chunks, oldest first. Fails with `object.*`,
  /// `evidence.syntax`.
  base::Status replay(const std::vector<std::string>& objects);

  release::ArmCounts counts(release::Arm arm) const;
  std::int64_t uncounted() const;
  /// Blocks until the samples of both arms reach `samples`, or the errors `errors`, or the time has
  /// passed.
  void wait(std::int64_t samples, std::int64_t errors, std::int64_t timeout_us) const;

 private:
  struct OpenRequest {
    std::uint64_t user = 0;
    release::Arm arm = release::Arm::kStable;
    bool served = false;
    bool rewarded = false;
  };
  void apply(const ServedRequest& request);
  RewardResult apply_reward(const std::string& id, bool is_success);
  base::Status replay_line(std::string_view line);
  void forget_old(std::int64_t now_us);
  void add_line(std::string line, std::int64_t time_us);
  bool is_full();
  release::ArmTally& tally(release::Arm arm) {
    return arm == release::Arm::kStable ? stable_ : candidate_;
  }

  objects::Store& objects_;
  const EvidenceLimits limits_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::mutex cutting_;
  release::ArmTally stable_, candidate_;
  std::unordered_map<std::string, OpenRequest> open_;
  std::deque<std::pair<std::int64_t, std::string>> order_;  // oldest first
  std::string lines_;
  std::int64_t line_count_ = 0, first_us_ = 0, last_us_ = 0, uncounted_ = 0;
};

}  // namespace fulcrum::control
