#pragma once
// Recorded interactions of held-out users as rewards, for a canary by replay.
#include <string>

#include "base/result.h"

namespace fulcrum::control {

/// Joins two held_out.csv (`user,rank`, train/held_out.h) on the user into a CSV
/// `user,reward_candidate,reward_stable`: 1 where the user's next item was among the first ten.
/// Returns the number of users. Fails with `file.*` and `replay.syntax`.
base::Result<std::size_t> write_replay_rows(const std::string& candidate_path,
                                            const std::string& stable_path,
                                            const std::string& rows_path);

}  // namespace fulcrum::control
