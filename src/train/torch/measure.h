#pragma once
// Figures about a trained model besides its accuracy.
#include <optional>

#include "base/clock.h"
#include "train/metrics.h"
#include "train/torch/trainer.h"

namespace fulcrum::train {

inline constexpr double kDroppedShare = 0.2;
inline constexpr int kDropRounds = 5;

struct Robustness {
  double value = 0;  // NDCG@10 with kDroppedShare of the history missing ÷ NDCG@10, not clipped
  double low = 0;
  double high = 0;
  std::size_t n = 0;  // users × rounds
};
/// nullopt when the model gets nothing right even on clean input.
std::optional<Robustness> measure_robustness(Recommender& model, std::span<const Case> cases,
                                             const RankingMetrics& clean, std::uint64_t seed);

struct Latency {
  double p50_ms = 0;
  double p95_ms = 0;
  double p95_low_ms = 0;  // 95 % interval by order statistics
  double p95_high_ms = 0;
  std::size_t n = 0;
};
/// One history at a time, on one thread, as the server does it; the cases' histories in turn.
/// The quietest of three rounds, since other work on the machine only ever adds time.
Latency measure_latency(Recommender& model, std::span<const Case> cases, const base::Clock& clock);

struct Scaling {
  unsigned threads = 0;
  double targets_per_s_one = 0;
  double targets_per_s_many = 0;
  double efficiency = 0;  // many ÷ (one · threads)
  double low = 0;         // smallest and largest of the rounds
  double high = 0;
  std::size_t n = 0;  // rounds of both, interleaved; each one's fastest counts
};
/// Training throughput on one and on several threads, on a scratch copy of the network. nullopt
/// when this machine has one core.
std::optional<Scaling> measure_scaling(const std::vector<History>& training,
                                       const FitOptions& options);

}  // namespace fulcrum::train
