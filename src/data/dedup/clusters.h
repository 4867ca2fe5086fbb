#pragma once
// Which documents belong together: sets that grow by joining pairs (union-find), 4 bytes a
// document.
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace fulcrum::data::dedup {

/// A document's number: 0 for the first of the input (of the index).
using Document = std::uint32_t;

/// Not thread-safe. The clusters do not depend on the order of join() calls.
class Clusters {
 public:
  Clusters() = default;
  explicit Clusters(std::vector<Document> parents) : parents_(std::move(parents)) {}

  void grow(std::size_t documents) {
    const std::size_t before = parents_.size();
    parents_.resize(documents);
    std::iota(parents_.begin() + static_cast<std::ptrdiff_t>(before), parents_.end(),
              static_cast<Document>(before));
  }
  std::size_t size() const { return parents_.size(); }
  /// The first document of the cluster.
  Document find(Document of) {
    while (parents_[of] != of) of = parents_[of] = parents_[parents_[of]];
    return of;
  }
  /// False when they were together.
  bool join(Document a, Document b) {
    a = find(a);
    b = find(b);
    if (a == b) return false;
    if (b < a) std::swap(a, b);
    parents_[b] = a;
    return true;
  }
  /// Every document points at its cluster's first.
  const std::vector<Document>& flatten() {
    for (std::size_t i = 0; i < parents_.size(); ++i) parents_[i] = parents_[parents_[i]];
    return parents_;
  }

 private:
  std::vector<Document> parents_;
};

}  // namespace fulcrum::data::dedup
