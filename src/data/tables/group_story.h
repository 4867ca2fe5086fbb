#pragma once
// The two stories of a group of rows (dependencies.h), as likelihoods.
#include <cmath>
#include <vector>

#include "data/tables/dependencies.h"

namespace fulcrum::data::tables {

/// How often each value of a column occurs in one group; reused from group to group.
class GroupCounts {
 public:
  explicit GroupCounts(std::size_t distinct) : counts_(distinct, 0) {}
  void load(const Grouping& grouping, std::size_t group, const Column& column,
            const std::vector<bool>& missing) {
    for (const Code code : values) counts_[code] = 0;
    values.clear();
    size = lacking = 0;
    for (std::uint32_t i = grouping.starts[group]; i < grouping.starts[group + 1]; ++i) {
      const Code code = column.codes[grouping.order[i]];
      if (missing[code]) {
        ++lacking;
        continue;
      }
      if (counts_[code]++ == 0) values.push_back(code);
      ++size;
    }
    top = second = kNoCode;
    for (const Code code : values) {
      if (top == kNoCode || counts_[code] > counts_[top]) {
        second = top;
        top = code;
      } else if (second == kNoCode || counts_[code] > counts_[second]) {
        second = code;
      }
    }
  }
  std::uint32_t count(Code code) const { return code == kNoCode ? 0 : counts_[code]; }
  std::vector<Code> values;
  Code top = kNoCode, second = kNoCode;
  std::uint32_t size = 0, lacking = 0;

 private:
  std::vector<std::uint32_t> counts_;
};

/// What the likelihoods of a group need.
struct Shape {
  std::uint32_t size = 0, top = 0, values = 0;
  double log_factorials = 0;  // sum over values of log((count - 1)!)
};

inline Shape shape_of(const GroupCounts& counts) {
  Shape shape{counts.size, counts.count(counts.top),
              static_cast<std::uint32_t>(counts.values.size()), 0};
  for (const Code code : counts.values) shape.log_factorials += std::lgamma(counts.count(code));
  return shape;
}

struct Story {
  double error = 0.02, independent = 0.1, copied = 0.05;
  double log_values = 1;  // log of how many values an error may show

  /// The cost of `count` rows showing one wrong value.
  double wrong(std::uint32_t count) const {
    return count == 0
               ? 0
               : std::log(error) - log_values + (count - 1) * (std::log(error) + std::log(copied));
  }
  /// How much likelier a group's rows are if its top value is the true one and not one shown by
  /// `count` rows.
  double odds_of_top(std::uint32_t top, std::uint32_t count) const {
    return (top - static_cast<double>(count)) * std::log(1 - error) + wrong(count) - wrong(top);
  }
  /// The probability that the group has one true value.
  double dependent(const Shape& shape) const {
    const std::uint32_t minority = shape.size - shape.top, kinds = shape.values - 1;
    const double one = -log_values + shape.top * std::log(1 - error) +
                       kinds * (std::log(error) - log_values) +
                       (minority - kinds) * (std::log(error) + std::log(copied));
    const double several = -log_values * shape.values + shape.log_factorials -
                           std::lgamma(static_cast<double>(shape.size) + 1);
    return logistic(one + std::log(1 - independent) - several - std::log(independent));
  }
};

inline Story story_of(const DependencyFit& fit, const Column& column) {
  Story story;
  story.error = fit.error;
  story.independent = fit.independent;
  story.copied = fit.dependency.given ? 0.5 : 0.05;
  story.log_values = std::log(std::max<double>(2, static_cast<double>(column.distinct())));
  return story;
}

}  // namespace fulcrum::data::tables
