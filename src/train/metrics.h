#pragma once
// Full-ranking metrics of next-item prediction, with one value per user so that intervals can be
// made.
//
// Candidates of a case are all items that its history does not hold. A case whose target is in
// its history asks for an item that is no candidate: it is left out and counted in `repeats`.
// rank = 1 + the number of other candidates scored at least as high as the target (ties count
// against it, so that a constant score earns nothing).
//   HR@10   = 1 when rank <= 10, else 0
//   NDCG@10 = 1 / log2(rank + 1) when rank <= 10, else 0   (one relevant item: ideal DCG is 1)
#include <cstdint>
#include <span>
#include <vector>

#include "train/recommender.h"
#include "train/split.h"

namespace fulcrum::train {

struct Interval {
  double value = 0;
  double low = 0;
  double high = 0;
};

struct RankingMetrics {
  double ndcg_at_10 = 0;  // means over users; 0 where there was none
  double hr_at_10 = 0;
  double mrr = 0;                    // mean of 1 / rank, no cut
  std::size_t n = 0;                 // users measured
  std::size_t repeats = 0;           // users left out, see above
  std::vector<std::uint32_t> ranks;  // one per user measured, in the cases' order without repeats
};

/// Rank of `target` among the candidates; `history` need not be sorted.
std::uint32_t rank_of(std::span<const float> scores, Item target, const History& history);
double ndcg_at(std::uint32_t rank, std::uint32_t cut = 10);

/// Such a case is left out of the metrics.
bool asks_for_a_repeat(const Case& one);
RankingMetrics metrics_of(std::vector<std::uint32_t> ranks, std::size_t repeats);
/// `shown`, one per case where it is given, is what the model sees instead of the case's history;
/// the candidates stay those of the case.
RankingMetrics evaluate(Recommender& model, std::span<const Case> cases,
                        std::span<const History> shown = {});

/// Percentile bootstrap over users of the mean of `values` (95 %, 1,000 resamples).
Interval bootstrap_mean(std::span<const double> values, std::uint64_t seed);
Interval ndcg_interval(const RankingMetrics& metrics, std::uint64_t seed);
Interval hr_interval(const RankingMetrics& metrics, std::uint64_t seed);
/// Paired over users: mean NDCG@10 of `a` minus that of `b`; both must come from the same cases.
Interval ndcg_difference(const RankingMetrics& a, const RankingMetrics& b, std::uint64_t seed);

/// Mean NDCG@10 of `perturbed` / that of `clean`, resampled over the same users; `perturbed` may
/// hold several rounds of the cases one after another. Zeros when clean is 0.
Interval ndcg_ratio(const RankingMetrics& perturbed, const RankingMetrics& clean,
                    std::uint64_t seed);

/// Each history loses each of its items with probability `share`, but never the last one left.
std::vector<History> drop_history(std::span<const Case> cases, double share, std::uint64_t seed);

}  // namespace fulcrum::train
