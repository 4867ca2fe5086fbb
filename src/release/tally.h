#pragma once
// Counting one arm: users are drawn to an arm by hash, and their samples are added up by user, so
// that the test knows how much their rewards resemble each other. Pure; not thread-safe.
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "release/policy.h"

namespace fulcrum::release {

enum class Arm { kStable, kCandidate };
std::string_view arm_name(Arm arm);  // "stable", "candidate"

/// A user's pseudonym within one release: the first 64 bits of SHA-256 over the release's id and
/// the user. Another release draws anew, so nobody gets every canary.
std::uint64_t user_key(std::string_view user, std::string_view release);
/// The arm of a user: stays the same while the share does, and a user who is in at 10 % is also in
/// at 50 %.
Arm arm_of(std::uint64_t user_key, double candidate_share);

struct UserTally {
  std::int64_t samples = 0;
  std::int64_t successes = 0;
};
/// Adds one sample to its arm and its user.
void add_sample(ArmCounts& arm, UserTally& user, bool is_success);

class ArmTally {
 public:
  /// At most so many users are kept apart; later ones share a thousand joint entries, which can
  /// only make the test more careful.
  explicit ArmTally(std::size_t max_users = 1'000'000) : max_users_(max_users) {}
  void add_request(bool is_error, bool is_slow, std::int64_t latency_us);
  void add(std::uint64_t user_key, bool is_success);
  const ArmCounts& counts() const { return counts_; }

 private:
  std::size_t max_users_;
  ArmCounts counts_;
  std::unordered_map<std::uint64_t, UserTally> users_;
};

}  // namespace fulcrum::release
