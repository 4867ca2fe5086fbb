#pragma once
// Users kept apart from training and evaluation: what a replayed canary is decided on.
#include <string>

#include "train/interactions.h"
#include "train/metrics.h"
#include "train/split.h"

namespace fulcrum::train {

/// CSV `user,rank`: the rank of each held-out user's last item among the items not seen before.
/// `metrics` is evaluate()'s result on split.held_out; users who asked for a repeat are left out,
/// as there.
std::string held_out_csv(const Interactions& interactions, const Split& split,
                         const RankingMetrics& metrics);

}  // namespace fulcrum::train
