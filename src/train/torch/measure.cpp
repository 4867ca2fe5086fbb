#include "train/torch/measure.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "train/torch/gradient.h"

namespace fulcrum::train {

namespace {

constexpr std::size_t kRequests = 500;
constexpr std::size_t kWarmUp = 20;
constexpr int kLatencyRounds = 3;
constexpr int kRounds = 5;
constexpr std::int64_t kTargetsPerRound = 6000;

double elapsed_s(const base::Clock& clock, std::int64_t since_us) {
  return std::max(1e-6, static_cast<double>(clock.now_us() - since_us) / 1e6);
}

double at_share(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(
      std::clamp(std::round(place), 0.0, static_cast<double>(sorted.size() - 1)))];
}

double targets_per_s(Network& network, const std::vector<Batch>& batches, unsigned threads,
                     const FitOptions& options) {
  std::int64_t targets = 0;
  const std::int64_t since_us = options.clock->now_us();
  for (const auto& batch : batches) {
    compute_gradient(network, batch,
                     {.label_smoothing = options.recipe.label_smoothing, .threads = threads});
    targets += count_targets(batch);
    if (targets >= kTargetsPerRound) break;
  }
  return static_cast<double>(targets) / elapsed_s(*options.clock, since_us);
}

/// Percentiles of one round.
Latency latency_round(Recommender& model, std::span<const Case> cases, const base::Clock& clock) {
  std::vector<double> times_ms;
  for (std::size_t i = 0; i < kRequests + kWarmUp; ++i) {
    const std::int64_t since_us = clock.now_us();
    const auto scores = model.score({&cases[i % cases.size()].history, 1});
    if (i >= kWarmUp && !scores.empty()) times_ms.push_back(elapsed_s(clock, since_us) * 1e3);
  }
  std::sort(times_ms.begin(), times_ms.end());
  // The rank of the 95th percentile is binomial: mean .95 n, deviation sqrt(.95 · .05 · n).
  const double width = 1.96 * std::sqrt(0.95 * 0.05 / static_cast<double>(times_ms.size()));
  return {at_share(times_ms, 0.5), at_share(times_ms, 0.95), at_share(times_ms, 0.95 - width),
          at_share(times_ms, std::min(1.0, 0.95 + width)), times_ms.size()};
}

}  // namespace

std::optional<Robustness> measure_robustness(Recommender& model, std::span<const Case> cases,
                                             const RankingMetrics& clean, std::uint64_t seed) {
  if (clean.ndcg_at_10 <= 0) return std::nullopt;
  std::vector<std::uint32_t> ranks;
  for (int round = 0; round < kDropRounds; ++round) {
    const auto shown =
        drop_history(cases, kDroppedShare, mix_seed(seed, static_cast<std::uint64_t>(round)));
    const auto metrics = evaluate(model, cases, shown);
    ranks.insert(ranks.end(), metrics.ranks.begin(), metrics.ranks.end());
  }
  const RankingMetrics perturbed = metrics_of(std::move(ranks), 0);
  const Interval ratio = ndcg_ratio(perturbed, clean, seed);
  return Robustness{ratio.value, ratio.low, ratio.high, perturbed.n};
}

Latency measure_latency(Recommender& model, std::span<const Case> cases, const base::Clock& clock) {
  Latency best = latency_round(model, cases, clock);
  for (int round = 1; round < kLatencyRounds; ++round) {
    const Latency again = latency_round(model, cases, clock);
    if (again.p95_ms < best.p95_ms) best = again;
  }
  return best;
}

std::optional<Scaling> measure_scaling(const std::vector<History>& training,
                                       const FitOptions& options) {
  const unsigned cores = std::thread::hardware_concurrency();
  if (cores < 2) return std::nullopt;
  Scaling scaling;
  scaling.threads =
      std::min(cores, std::clamp(options.recipe.threads, 2u, static_cast<unsigned>(kShards)));
  Network network(options.recipe.model, static_cast<std::int64_t>(options.items));
  const auto batches = epoch_batches(
      training, {options.recipe.batch_size, options.recipe.model.max_length, 0}, options.seed, 0);
  std::vector<double> one, many, efficiencies;
  targets_per_s(network, batches, scaling.threads, options);  // first touches are not measured
  for (int round = 0; round < kRounds; ++round) {
    one.push_back(targets_per_s(network, batches, 1, options));
    many.push_back(targets_per_s(network, batches, scaling.threads, options));
    efficiencies.push_back(many.back() / (one.back() * scaling.threads));
  }
  scaling.targets_per_s_one = *std::max_element(one.begin(), one.end());
  scaling.targets_per_s_many = *std::max_element(many.begin(), many.end());
  scaling.efficiency = scaling.targets_per_s_many / (scaling.targets_per_s_one * scaling.threads);
  scaling.low = *std::min_element(efficiencies.begin(), efficiencies.end());
  scaling.high = *std::max_element(efficiencies.begin(), efficiencies.end());
  scaling.n = kRounds;
  return scaling;
}

}  // namespace fulcrum::train
