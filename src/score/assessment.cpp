#include "score/assessment.h"

#include <algorithm>

#include <fmt/format.h>

namespace fulcrum::score {

const Figure* AssessedFactor::figure() const {
  if (measured.real) return &*measured.real;
  return measured.simulated ? &*measured.simulated : nullptr;
}

bool AssessedFactor::is_simulated() const {
  return !measured.real && measured.simulated;
}

std::string AssessedFactor::next() const {
  const Figure* found = figure();
  if (!found) return measured.missing;
  if (is_simulated()) return "real evidence in place of the simulation's: " + measured.missing;
  return found->value < 1 ? std::string(spec->raise) : std::string();
}

std::size_t AssessedScore::missing() const {
  return static_cast<std::size_t>(
      std::count_if(factors.begin(), factors.end(),
                    [](const AssessedFactor& factor) { return !factor.figure(); }));
}

std::optional<double> AssessedScore::value() const {
  double product = 1;
  for (const auto& factor : factors) {
    const Figure* figure = factor.figure();
    if (!figure) return std::nullopt;
    product *= figure->value;
  }
  return product;
}

Interval AssessedScore::interval() const {
  std::vector<Interval> intervals;
  for (const auto& factor : factors)
    if (const Figure* figure = factor.figure()) intervals.push_back(figure->interval);
  return product_interval(intervals);
}

std::string_view AssessedScore::state() const {
  const std::size_t lacking = missing();
  return lacking == 0 ? "assessed" : lacking == factors.size() ? "not_assessed" : "partial";
}

const AssessedFactor* AssessedScore::weakest() const {
  return &*std::min_element(factors.begin(), factors.end(), [](const auto& a, const auto& b) {
    const auto worth = [](const AssessedFactor& factor) {
      return factor.figure() ? factor.figure()->value : 2;
    };
    return worth(a) < worth(b);
  });
}

const AssessedFactor* AssessedScore::decisive() const {
  for (const auto& factor : factors)
    if (!factor.figure()) return &factor;
  return weakest();
}

bool AssessedScore::is_simulated() const {
  return std::any_of(factors.begin(), factors.end(),
                     [](const AssessedFactor& factor) { return factor.is_simulated(); });
}

std::vector<AssessedScore> assess(const Evidence& evidence) {
  std::vector<AssessedScore> scores;
  for (const auto& spec : factor_specs()) {
    if (scores.empty() || scores.back().name != spec.score)
      scores.push_back({std::string(spec.score), {}});
    scores.back().factors.push_back({&spec, spec.measure(evidence)});
  }
  return scores;
}

base::Result<AssessedScore> assess_one(const Evidence& evidence, std::string_view name) {
  AssessedScore score{std::string(name), {}};
  std::string known;
  for (const auto& spec : factor_specs()) {
    if (spec.score == name) score.factors.push_back({&spec, spec.measure(evidence)});
    if (known.find(spec.score) == std::string::npos)
      known += (known.empty() ? "" : ", ") + std::string(spec.score);
  }
  if (score.factors.empty())
    return base::not_found("score.unknown", "no score " + std::string(name), "scores: " + known);
  return score;
}

std::vector<Decision> decisions(const std::vector<AssessedScore>& scores) {
  struct Ranked {
    Decision decision;
    std::size_t missing;  // 0: assessed
    double value;
  };
  std::vector<Ranked> ranked;
  for (const auto& score : scores) {
    for (const auto& factor : score.factors) {
      const Figure* figure = factor.figure();
      if (figure && figure->value >= 1 && !factor.is_simulated()) continue;
      ranked.push_back(
          {{&score, &factor}, figure ? 0 : score.missing(), figure ? figure->value : 0});
    }
  }
  // Not assessed first, in scores that lack least; then by value; the list's order breaks ties.
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    if ((a.missing == 0) != (b.missing == 0)) return a.missing != 0;
    return a.missing != b.missing ? a.missing < b.missing : a.value < b.value;
  });
  std::vector<Decision> list;
  for (const auto& one : ranked) list.push_back(one.decision);
  return list;
}

}  // namespace fulcrum::score
