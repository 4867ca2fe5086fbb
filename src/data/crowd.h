#pragma once
// What many annotators' answers say. Pure functions.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fulcrum::data {

/// One answer; all three are indices from 0.
struct Answer {
  std::uint32_t task = 0, annotator = 0, label = 0;
};

struct Consensus {
  std::vector<std::vector<double>> posterior;               // [task][label]
  std::vector<std::vector<std::vector<double>>> confusion;  // [annotator][true label][answer]
  std::vector<double> prior;                                // [label]
  int iterations = 0;
  double log_likelihood = 0;
};

/// Share of each label among a task's answers; a task without answers has equal shares.
std::vector<std::vector<double>> vote_shares(const std::vector<Answer>& answers, std::size_t tasks,
                                             std::size_t labels);
/// Expectation-maximisation of Dawid & Skene (1979), begun at the vote shares; stops when the log
/// likelihood gains less than 1e-6 per answer or after 200 rounds. Confusions are smoothed by 0.01
/// of an answer per cell so that one mistake does not rule a label out.
Consensus dawid_skene(const std::vector<Answer>& answers, std::size_t tasks, std::size_t annotators,
                      std::size_t labels);
/// Krippendorff's alpha for nominal data with any number of answers per task (1 - observed /
/// expected disagreement); 1 when only one label was ever given. NaN when no task has two answers.
double krippendorff_alpha(const std::vector<Answer>& answers, std::size_t tasks,
                          std::size_t labels);
/// Index of the largest; the lowest index of equals.
std::size_t best_label(const std::vector<double>& weights);

}  // namespace fulcrum::data
