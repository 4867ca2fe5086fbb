#include "release/tally.h"

#include <string>

#include "base/hash.h"

namespace fulcrum::release {

namespace {
constexpr std::uint64_t kJointEntries = 1000;
}

std::string_view arm_name(Arm arm) {
  return arm == Arm::kStable ? "stable" : "candidate";
}

std::uint64_t user_key(std::string_view user, std::string_view release) {
  std::string text(release);
  text += '\0';
  text += user;
  const base::Digest digest = base::sha256(text);
  std::uint64_t key = 0;
  for (int i = 0; i < 8; ++i) key = key << 8 | digest[static_cast<std::size_t>(i)];
  return key;
}

Arm arm_of(std::uint64_t user_key, double candidate_share) {
  const double position = static_cast<double>(user_key >> 11) * 0x1.0p-53;
  return position < candidate_share ? Arm::kCandidate : Arm::kStable;
}

void add_sample(ArmCounts& arm, UserTally& user, bool is_success) {
  const std::int64_t success = is_success ? 1 : 0;
  if (user.samples == 0) ++arm.users;
  // (n + 1)^2 - n^2, (n + 1)(s + r) - n s, (s + r)^2 - s^2.
  arm.sum_nn += 2 * user.samples + 1;
  arm.sum_ns += user.successes + success * (user.samples + 1);
  arm.sum_ss += success * (2 * user.successes + 1);
  ++arm.samples;
  arm.successes += success;
  ++user.samples;
  user.successes += success;
}

void ArmTally::add_request(bool is_error, bool is_slow, std::int64_t latency_us) {
  ++counts_.requests;
  if (is_slow) ++counts_.slow;
  if (is_error) {
    ++counts_.errors;
  } else {
    counts_.latency_total_us += latency_us;
  }
}

void ArmTally::add(std::uint64_t user_key, bool is_success) {
  auto found = users_.find(user_key);
  if (found == users_.end()) {
    const std::uint64_t entry = users_.size() < max_users_ ? user_key : user_key % kJointEntries;
    found = users_.try_emplace(entry).first;
  }
  add_sample(counts_, found->second, is_success);
}

}  // namespace fulcrum::release
