#include "data/crowd.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fulcrum::data {

namespace {
constexpr int kMaxRounds = 200;
constexpr double kLeastGain = 1e-6;  // of log likelihood, per answer
constexpr double kSmoothing = 0.01;

/// M step: prior and confusions from posteriors.
void maximise(Consensus& model, const std::vector<Answer>& answers) {
  const std::size_t labels = model.prior.size();
  std::fill(model.prior.begin(), model.prior.end(), kSmoothing);
  for (auto& matrix : model.confusion)
    for (auto& row : matrix) std::fill(row.begin(), row.end(), kSmoothing);
  for (const auto& task : model.posterior)
    for (std::size_t k = 0; k < labels; ++k) model.prior[k] += task[k];
  for (const auto& answer : answers)
    for (std::size_t k = 0; k < labels; ++k)
      model.confusion[answer.annotator][k][answer.label] += model.posterior[answer.task][k];
  const auto normalise = [](std::vector<double>& weights) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    for (double& weight : weights) weight /= sum;
  };
  normalise(model.prior);
  for (auto& matrix : model.confusion)
    for (auto& row : matrix) normalise(row);
}

/// E step: posteriors, in logarithms; returns the log likelihood.
double expect(Consensus& model, const std::vector<Answer>& answers) {
  const std::size_t labels = model.prior.size();
  for (auto& task : model.posterior)
    for (std::size_t k = 0; k < labels; ++k) task[k] = std::log(model.prior[k]);
  for (const auto& answer : answers)
    for (std::size_t k = 0; k < labels; ++k)
      model.posterior[answer.task][k] +=
          std::log(model.confusion[answer.annotator][k][answer.label]);
  double likelihood = 0;
  for (auto& task : model.posterior) {
    const double most = *std::max_element(task.begin(), task.end());
    double sum = 0;
    for (double& weight : task) sum += weight = std::exp(weight - most);
    for (double& weight : task) weight /= sum;
    likelihood += most + std::log(sum);
  }
  return likelihood;
}

}  // namespace

std::vector<std::vector<double>> vote_shares(const std::vector<Answer>& answers, std::size_t tasks,
                                             std::size_t labels) {
  std::vector<std::vector<double>> shares(tasks, std::vector<double>(labels, 0));
  std::vector<double> counts(tasks, 0);
  for (const auto& answer : answers) {
    shares[answer.task][answer.label] += 1;
    counts[answer.task] += 1;
  }
  for (std::size_t task = 0; task < tasks; ++task)
    for (double& share : shares[task])
      share = counts[task] > 0 ? share / counts[task] : 1.0 / static_cast<double>(labels);
  return shares;
}

Consensus dawid_skene(const std::vector<Answer>& answers, std::size_t tasks, std::size_t annotators,
                      std::size_t labels) {
  Consensus model;
  model.posterior = vote_shares(answers, tasks, labels);
  model.prior.assign(labels, 0);
  model.confusion.assign(annotators,
                         std::vector<std::vector<double>>(labels, std::vector<double>(labels, 0)));
  double before = -std::numeric_limits<double>::infinity();
  for (model.iterations = 1; model.iterations <= kMaxRounds; ++model.iterations) {
    maximise(model, answers);
    model.log_likelihood = expect(model, answers);
    if (model.log_likelihood - before < kLeastGain * static_cast<double>(answers.size())) break;
    before = model.log_likelihood;
  }
  return model;
}

double krippendorff_alpha(const std::vector<Answer>& answers, std::size_t tasks,
                          std::size_t labels) {
  std::vector<std::vector<double>> counts(tasks, std::vector<double>(labels, 0));
  for (const auto& answer : answers) counts[answer.task][answer.label] += 1;
  std::vector<double> totals(labels, 0);
  double pairable = 0, disagreements = 0;
  for (const auto& task : counts) {
    double size = 0, squares = 0;
    for (const double count : task) {
      size += count;
      squares += count * count;
    }
    if (size < 2) continue;
    pairable += size;
    disagreements += (size * size - squares) / (size - 1);
    for (std::size_t k = 0; k < labels; ++k) totals[k] += task[k];
  }
  if (pairable < 2) return std::numeric_limits<double>::quiet_NaN();
  double expected = pairable * pairable;
  for (const double total : totals) expected -= total * total;
  if (expected <= 0) return 1;
  return 1 - (pairable - 1) * disagreements / expected;
}

std::size_t best_label(const std::vector<double>& weights) {
  return static_cast<std::size_t>(std::max_element(weights.begin(), weights.end()) -
                                  weights.begin());
}

}  // namespace fulcrum::data
