#include <algorithm>
#include <array>
#include <set>

#include "data/tables/dependencies.h"
#include "data/tables/group_story.h"

namespace fulcrum::data::tables {

namespace {

/// Cells of the matrix of what is said: more would take more memory than it is worth.
constexpr std::size_t kMostSaid = 400'000'000;
constexpr std::uint32_t kKnownRows = 3;
constexpr float kScale = 16;  // of evidence in a byte

}  // namespace

Votes::Votes(const Table& table, const std::vector<std::vector<bool>>& missing, TextPool& texts)
    : table_(table), missing_(missing), texts_(texts), votes_(table.columns.size()) {}

void Votes::say(std::uint32_t row, double probability, Code suggestion, double trust) {
  const double p = std::clamp(probability, 1e-4, 1 - 1e-4);
  const auto evidence = static_cast<float>(std::clamp(logit(p) - logit(kPriorError), -4.0, 7.0));
  Vote& vote = votes_[dependencies_.back().rhs][row];
  // An empty cell is nobody else's fault.
  const std::size_t rhs = dependencies_.back().rhs;
  const bool is_missing = missing_[rhs][table_.columns[rhs].codes[row]];
  if (!said_.back().empty() && !is_missing)
    said_.back()[row] = static_cast<std::int8_t>(evidence * kScale);
  if (evidence < 0) {
    vote.for_it -= evidence;
    vote.most_for = std::max(vote.most_for, -evidence);
    return;
  }
  vote.against += evidence;
  if (evidence <= vote.most_against) return;
  vote.most_against = evidence;
  vote.suggestion = suggestion;
  vote.trust = static_cast<float>(trust);
  vote.detail = detail_;
}

void Votes::add(const DependencyFit& fit, const Grouping& grouping) {
  const std::size_t rhs = fit.dependency.rhs;
  const Column& column = table_.columns[rhs];
  const std::vector<bool>& missing = missing_[rhs];
  if (votes_[rhs].empty()) votes_[rhs].resize(table_.rows());
  dependencies_.push_back(fit.dependency);
  const bool fits = table_.rows() * dependencies_.size() <= kMostSaid;
  said_.emplace_back(fits ? table_.rows() : 0, 0);
  detail_ = texts_.add(text_of(fit.dependency, table_));
  const Story story = story_of(fit, column);
  GroupCounts counts(column.distinct());
  for (std::size_t group = 0; group < grouping.groups(); ++group) {
    counts.load(grouping, group, column, missing);
    if (counts.size == 0 || counts.size + counts.lacking < 2) continue;
    const double dependent =
        counts.size < 2 ? 1 - story.independent : story.dependent(shape_of(counts));
    const double top_is_wrong =
        counts.size < 2 ? 0
                        : dependent * logistic(-story.odds_of_top(counts.count(counts.top),
                                                                  counts.count(counts.second)));
    for (std::uint32_t i = grouping.starts[group]; i < grouping.starts[group + 1]; ++i) {
      const std::uint32_t row = grouping.order[i];
      const Code code = column.codes[row];
      if (missing[code]) {
        if (counts.lacking <= counts.size)
          say(row, 0.95 * dependent * (1 - top_is_wrong), counts.top, 1 - top_is_wrong);
      } else if (counts.size < 2) {
        continue;
      } else if (code == counts.top) {
        say(row, top_is_wrong + (1 - dependent) * kPriorError, counts.second, top_is_wrong);
      } else {
        const double wrong =
            logistic(story.odds_of_top(counts.count(counts.top), counts.count(code)));
        say(row, dependent * wrong + (1 - dependent) * kPriorError, counts.top, wrong);
      }
    }
  }
}

/// The cells of one row that are guilty, 1; that are cleared, -1.
void Votes::explain_row(std::uint32_t row, std::vector<std::int8_t>& guilty) {
  const std::size_t count = dependencies_.size();
  std::vector<bool> is_open(count, true);
  guilty.assign(table_.columns.size(), 0);
  std::vector<float> scores(table_.columns.size());
  for (;;) {
    std::fill(scores.begin(), scores.end(), 0);
    bool is_broken = false;
    for (std::size_t i = 0; i < count; ++i) {
      if (said_[i].empty() || !is_open[i] || said_[i][row] == 0) continue;
      const float weight = said_[i][row] / kScale;
      is_broken = is_broken || weight > 2;
      scores[dependencies_[i].rhs] += weight;
      // A value that hardly any row has is itself the mistake, and not what is beside it.
      const Column& column = table_.columns[dependencies_[i].rhs];
      const bool is_known = column.count(column.codes[row]) >= kKnownRows;
      const float blame = weight > 0 && !is_known ? 0.3F : 1;
      for (const std::size_t lhs : dependencies_[i].lhs)
        scores[lhs] += blame * weight / static_cast<float>(dependencies_[i].lhs.size());
    }
    if (!is_broken) break;
    const float worst = *std::max_element(scores.begin(), scores.end());
    if (worst <= 0) return;  // no cell explains more than it contradicts: nothing is cleared
    std::set<std::size_t> chosen;
    for (std::size_t i = 0; i < scores.size(); ++i)
      if (scores[i] >= worst - 0.5F) chosen.insert(i);
    for (const std::size_t column : chosen) guilty[column] = 1;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& [lhs, rhs, given] = dependencies_[i];
      const bool touches =
          chosen.count(rhs) > 0 ||
          std::any_of(lhs.begin(), lhs.end(), [&](auto one) { return chosen.count(one) > 0; });
      if (touches) is_open[i] = false;
    }
  }
  for (auto& one : guilty)
    if (one == 0) one = -1;
}

void Votes::explain() {
  std::vector<std::uint8_t> broken(table_.rows(), 0);
  for (const Said& said : said_)
    for (std::size_t row = 0; row < said.size(); ++row)
      if (said[row] > 2 * kScale && broken[row] < 2) ++broken[row];
  std::vector<std::int8_t> guilty;
  for (std::uint32_t row = 0; row < table_.rows(); ++row) {
    if (broken[row] < 2) continue;
    explain_row(row, guilty);
    for (std::size_t column = 0; column < guilty.size(); ++column)
      if (guilty[column] < 0 && !votes_[column].empty() && votes_[column][row].against > 0 &&
          !missing_[column][table_.columns[column].codes[row]]) {
        Vote& vote = votes_[column][row];
        vote.against = vote.most_against = 0;
        vote.most_for = std::max(vote.most_for, 2.0F);
        vote.for_it = std::max(vote.for_it, vote.most_for);
      }
  }
}

void Votes::put(Evidence& evidence) {
  explain();
  for (std::size_t i = 0; i < votes_.size(); ++i) {
    const Column& column = table_.columns[i];
    for (std::uint32_t row = 0; row < votes_[i].size(); ++row) {
      const Vote& vote = votes_[i][row];
      const float against = vote.most_against + 0.5F * (vote.against - vote.most_against);
      const float for_it = vote.most_for + 0.5F * (vote.for_it - vote.most_for);
      if (against == 0 && for_it == 0) continue;
      Mark mark{row, against - for_it, kNoText, vote.trust, vote.detail};
      if (against > 0 && vote.suggestion != kNoCode && vote.suggestion != column.codes[row])
        mark.suggestion = texts_.add(column.value(vote.suggestion));
      evidence.cells[i].push_back(mark);
    }
  }
}

}  // namespace fulcrum::data::tables
