#pragma once
// What is served: one dataset, or several that are mixed.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/serving/dataset.h"
#include "data/serving/order.h"

namespace fulcrum::data::serving {

/// Immutable once made, safe to share between threads.
struct Corpus {
  std::vector<Dataset> sources;
  std::vector<MixturePiece> mixture;  // may be empty with one source

  /// Fails as Order::make.
  base::Result<Order> order(std::uint64_t seed) const;
  std::string_view record(const Place& place) const {
    return sources[place.source].record(place.record);
  }
  /// Of all sources together; with one source an epoch's length.
  std::uint64_t records() const;
  std::uint64_t bytes() const;
  /// With one source its own; else a hash of theirs and of the mixture.
  std::string version() const;
};

/// "0:0.7,0.3;1000000:0.5,0.5": from which global index on which weights. Fails with
/// `serving.mixture`.
base::Result<std::vector<MixturePiece>> parse_mixture(std::string_view text);

}  // namespace fulcrum::data::serving
