#pragma once
// What every model here can do: say how likely each item comes next.
#include <memory>
#include <span>
#include <vector>

#include "train/interactions.h"

namespace fulcrum::train {

/// Used from one thread at a time.
class Recommender {
 public:
  virtual ~Recommender() = default;
  virtual std::size_t item_count() const = 0;
  /// Row-major (histories × items): higher means likelier next. An empty history is allowed.
  virtual std::vector<float> score(std::span<const History> histories) = 0;
};

}  // namespace fulcrum::train
