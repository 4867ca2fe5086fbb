#include "train/metrics.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace fulcrum::train {

namespace {

constexpr std::size_t kBatch = 128;
constexpr int kResamples = 1000;

std::vector<double> values_of(const RankingMetrics& metrics, double (*value)(std::uint32_t)) {
  std::vector<double> values;
  values.reserve(metrics.ranks.size());
  for (const auto rank : metrics.ranks) values.push_back(value(rank));
  return values;
}

/// The middle 95 % of the resampled values.
void set_limits(Interval& interval, std::vector<double>& resampled) {
  std::sort(resampled.begin(), resampled.end());
  interval.low = resampled[kResamples * 25 / 1000];
  interval.high = resampled[kResamples * 975 / 1000 - 1];
}

double ndcg_value(std::uint32_t rank) {
  return ndcg_at(rank);
}
double hit_value(std::uint32_t rank) {
  return rank <= 10 ? 1.0 : 0.0;
}

}  // namespace

std::uint32_t rank_of(std::span<const float> scores, Item target, const History& history) {
  const float own = scores[static_cast<std::size_t>(target)];
  std::uint32_t above = 0;
  for (const float score : scores) above += score >= own;
  --above;  // the target itself
  History seen = history;
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  for (const Item item : seen)
    if (item != target && scores[static_cast<std::size_t>(item)] >= own) --above;
  return above + 1;
}

double ndcg_at(std::uint32_t rank, std::uint32_t cut) {
  return rank <= cut ? 1.0 / std::log2(rank + 1.0) : 0.0;
}

RankingMetrics metrics_of(std::vector<std::uint32_t> ranks, std::size_t repeats) {
  RankingMetrics metrics;
  metrics.n = ranks.size();
  metrics.repeats = repeats;
  for (const auto rank : ranks) {
    metrics.ndcg_at_10 += ndcg_at(rank);
    metrics.hr_at_10 += hit_value(rank);
    metrics.mrr += 1.0 / rank;
  }
  if (metrics.n > 0) {
    const auto n = static_cast<double>(metrics.n);
    metrics.ndcg_at_10 /= n;
    metrics.hr_at_10 /= n;
    metrics.mrr /= n;
  }
  metrics.ranks = std::move(ranks);
  return metrics;
}

bool asks_for_a_repeat(const Case& one) {
  return std::find(one.history.begin(), one.history.end(), one.target) != one.history.end();
}

RankingMetrics evaluate(Recommender& model, std::span<const Case> cases,
                        std::span<const History> shown) {
  std::vector<std::uint32_t> ranks;
  std::vector<std::size_t> batch;
  std::size_t repeats = 0;
  const std::size_t width = model.item_count();
  const auto flush = [&] {
    std::vector<History> histories;
    for (const std::size_t i : batch)
      histories.push_back(shown.empty() ? cases[i].history : shown[i]);
    const std::vector<float> scores = model.score(histories);
    for (std::size_t row = 0; row < batch.size(); ++row)
      ranks.push_back(rank_of({scores.data() + row * width, width}, cases[batch[row]].target,
                              cases[batch[row]].history));
    batch.clear();
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (asks_for_a_repeat(cases[i])) {
      ++repeats;
      continue;
    }
    batch.push_back(i);
    if (batch.size() == kBatch) flush();
  }
  if (!batch.empty()) flush();
  return metrics_of(std::move(ranks), repeats);
}

Interval bootstrap_mean(std::span<const double> values, std::uint64_t seed) {
  Interval result;
  if (values.empty()) return result;
  for (const double value : values) result.value += value;
  result.value /= static_cast<double>(values.size());
  base::Random random(seed);
  std::vector<double> means;
  for (int r = 0; r < kResamples; ++r) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[random.below(values.size())];
    means.push_back(sum / static_cast<double>(values.size()));
  }
  set_limits(result, means);
  return result;
}

Interval ndcg_interval(const RankingMetrics& metrics, std::uint64_t seed) {
  return bootstrap_mean(values_of(metrics, ndcg_value), seed);
}

Interval hr_interval(const RankingMetrics& metrics, std::uint64_t seed) {
  return bootstrap_mean(values_of(metrics, hit_value), seed);
}

Interval ndcg_difference(const RankingMetrics& a, const RankingMetrics& b, std::uint64_t seed) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < std::min(a.ranks.size(), b.ranks.size()); ++i)
    differences.push_back(ndcg_at(a.ranks[i]) - ndcg_at(b.ranks[i]));
  return bootstrap_mean(differences, seed);
}

Interval ndcg_ratio(const RankingMetrics& perturbed, const RankingMetrics& clean,
                    std::uint64_t seed) {
  Interval result;
  if (clean.ndcg_at_10 <= 0 || perturbed.n % clean.n != 0) return result;
  const std::size_t users = clean.n;
  std::vector<double> above(users, 0.0), below(users, 0.0);
  const double rounds = static_cast<double>(perturbed.n / users);
  for (std::size_t i = 0; i < perturbed.n; ++i)
    above[i % users] += ndcg_at(perturbed.ranks[i]) / rounds;
  for (std::size_t i = 0; i < users; ++i) below[i] = ndcg_at(clean.ranks[i]);
  result.value = perturbed.ndcg_at_10 / clean.ndcg_at_10;
  base::Random random(seed);
  std::vector<double> ratios;
  for (int r = 0; r < kResamples; ++r) {
    double a = 0, b = 0;
    for (std::size_t i = 0; i < users; ++i) {
      const auto pick = random.below(users);
      a += above[pick];
      b += below[pick];
    }
    ratios.push_back(b > 0 ? a / b : 1.0);
  }
  set_limits(result, ratios);
  return result;
}

std::vector<History> drop_history(std::span<const Case> cases, double share, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<History> result;
  for (const auto& one : cases) {
    History kept;
    for (const Item item : one.history)
      if (random.uniform() >= share) kept.push_back(item);
    if (kept.empty() && !one.history.empty())
      kept.push_back(one.history[random.below(one.history.size())]);
    result.push_back(std::move(kept));
  }
  return result;
}

}  // namespace fulcrum::train
