#pragma once
// Merkle tree over the events, RFC 9162 section 2.1: leaf hash SHA-256(0x00 ‖ leaf bytes), node
// hash SHA-256(0x01 ‖ left ‖ right), split at the largest power of two below the size.
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "ledger/event.h"
#include "ledger/store.h"

namespace fulcrum::ledger {

/// What a leaf covers. Big-endian integers, every text after its 32-bit length (the payload after
/// a 64-bit one), so that no two events share bytes:
///   0x01 seq:8 time_us:8 stream version:8 kind actor command_id payload
std::string leaf_bytes(const Event& event);
base::Digest leaf_hash(const Event& event);
base::Digest leaf_hash(std::string_view leaf_bytes);
base::Digest node_hash(const base::Digest& left, const base::Digest& right);

/// The roots of the perfect subtrees that a tree of size() leaves splits into, largest first: all
/// that appending needs. Append is O(1) amortised, root() O(log size).
class CompactRange {
 public:
  CompactRange() = default;
  /// Fails with `ledger.tree` when there are not as many nodes as `size` has one bits.
  static base::Result<CompactRange> from(std::uint64_t size, std::vector<base::Digest> nodes);

  void append(const base::Digest& leaf);
  std::uint64_t size() const { return size_; }
  /// SHA-256 of nothing for the empty tree.
  base::Digest root() const;
  const std::vector<base::Digest>& nodes() const { return nodes_; }

 private:
  std::uint64_t size_ = 0;
  std::vector<base::Digest> nodes_;
};

/// Merkle tree hash of the leaves [begin, end), begin < end.
using RangeHash = std::function<base::Result<base::Digest>(std::uint64_t begin, std::uint64_t end)>;
/// Reads the stored leaves: O(end - begin).
RangeHash range_hash_of(const Store& store);

/// Section 2.1.3: that leaf `index` (from 0: seq - 1) is in the tree of `size` leaves. Fails with
/// `proof.range` when index >= size.
base::Result<std::vector<base::Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                        const RangeHash& hash);
bool verify_inclusion(std::uint64_t index, std::uint64_t size, const base::Digest& leaf,
                      std::span<const base::Digest> proof, const base::Digest& root);

/// Section 2.1.4: that the tree of `second` leaves begins with the tree of `first` leaves, which
/// has at least one. Fails with `proof.range` unless 0 < first <= second.
base::Result<std::vector<base::Digest>> consistency_proof(std::uint64_t first, std::uint64_t second,
                                                          const RangeHash& hash);
bool verify_consistency(std::uint64_t first, std::uint64_t second, const base::Digest& first_root,
                        const base::Digest& second_root, std::span<const base::Digest> proof);

/// What a checkpoint's signature covers: three lines "fulcrum-checkpoint-1", "SIZE TIME_US",
/// "ROOT_HEX", each ended by \n.
std::string checkpoint_text(const Checkpoint& checkpoint);

}  // namespace fulcrum::ledger
