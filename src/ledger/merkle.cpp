#include "ledger/merkle.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

namespace fulcrum::ledger {

namespace {

void put_integer(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>((value >> shift) & 0xff);
}

void put_text(std::string& out, std::string_view text) {
  put_integer(out, text.size(), 4);
  out += text;
}

void write_leaf(std::string& out, const Event& event) {
  out += '\x01';
  put_integer(out, event.seq, 8);
  put_integer(out, static_cast<std::uint64_t>(event.time_us), 8);
  put_text(out, event.stream);
  put_integer(out, event.version, 8);
  put_text(out, event.kind);
  put_text(out, event.actor);
  put_text(out, event.command_id);
  put_integer(out, event.payload.size(), 8);
  out += event.payload;
}

/// The largest power of two below `size`, which is at least 2.
std::uint64_t split_of(std::uint64_t size) {
  return std::bit_floor(size - 1);
}

}  // namespace

std::string leaf_bytes(const Event& event) {
  std::string bytes;
  write_leaf(bytes, event);
  return bytes;
}

base::Digest leaf_hash(const Event& event) {
  thread_local std::string buffer;
  buffer.assign(1, '\0');
  write_leaf(buffer, event);
  return base::sha256(buffer);
}

base::Digest leaf_hash(std::string_view leaf_bytes) {
  std::string buffer(1, '\0');
  buffer += leaf_bytes;
  return base::sha256(buffer);
}

base::Digest node_hash(const base::Digest& left, const base::Digest& right) {
  char buffer[65];
  buffer[0] = 1;
  std::memcpy(buffer + 1, left.data(), 32);
  std::memcpy(buffer + 33, right.data(), 32);
  return base::sha256(std::string_view(buffer, sizeof buffer));
}

base::Result<CompactRange> CompactRange::from(std::uint64_t size, std::vector<base::Digest> nodes) {
  if (static_cast<std::size_t>(std::popcount(size)) != nodes.size())
    return base::failed(
        "ledger.tree", fmt::format("a tree of {} leaves cannot have {} roots", size, nodes.size()));
  CompactRange range;
  range.size_ = size;
  range.nodes_ = std::move(nodes);
  return range;
}

void CompactRange::append(const base::Digest& leaf) {
  base::Digest hash = leaf;
  // Every low one bit of the old size is a perfect subtree that the new leaf completes.
  for (std::uint64_t rest = size_; rest & 1; rest >>= 1) {
    hash = node_hash(nodes_.back(), hash);
    nodes_.pop_back();
  }
  nodes_.push_back(hash);
  ++size_;
}

base::Digest CompactRange::root() const {
  if (nodes_.empty()) return base::sha256({});
  base::Digest hash = nodes_.back();
  for (std::size_t i = nodes_.size() - 1; i > 0; --i) hash = node_hash(nodes_[i - 1], hash);
  return hash;
}

RangeHash range_hash_of(const Store& store) {
  return [&store](std::uint64_t begin, std::uint64_t end) -> base::Result<base::Digest> {
    CompactRange range;
    CHECK_OK(store.read_leaves(begin + 1, [&](const base::Digest& leaf) {
      range.append(leaf);
      return range.size() < end - begin;
    }));
    if (range.size() != end - begin)
      return base::failed("proof.range",
                          fmt::format("leaves {} to {} are not all stored", begin, end));
    return range.root();
  };
}

base::Result<std::vector<base::Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                        const RangeHash& hash) {
  if (index >= size)
    return base::usage("proof.range",
                       fmt::format("event {} is not among the first {}", index + 1, size));
  std::vector<base::Digest> proof;  // from the root down, then turned round
  std::uint64_t begin = 0, end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + split_of(end - begin);
    if (index < middle) {
      TRY(const auto right, hash(middle, end));
      proof.push_back(right);
      end = middle;
    } else {
      TRY(const auto left, hash(begin, middle));
      proof.push_back(left);
      begin = middle;
    }
  }
  return std::vector<base::Digest>(proof.rbegin(), proof.rend());
}

// Section 2.1.3.2.
bool verify_inclusion(std::uint64_t index, std::uint64_t size, const base::Digest& leaf,
                      std::span<const base::Digest> proof, const base::Digest& root) {
  if (index >= size) return false;
  std::uint64_t fn = index, sn = size - 1;
  base::Digest hash = leaf;
  for (const auto& sibling : proof) {
    if (sn == 0) return false;
    if ((fn & 1) || fn == sn) {
      hash = node_hash(sibling, hash);
      while (!(fn & 1) && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == root;
}

base::Result<std::vector<base::Digest>> consistency_proof(std::uint64_t first, std::uint64_t second,
                                                          const RangeHash& hash) {
  if (first == 0 || first > second)
    return base::usage("proof.range",
                       fmt::format("no consistency proof from {} to {} events", first, second));
  std::vector<base::Digest> proof;
  std::uint64_t begin = 0, end = second;
  bool whole = true;  // RFC's b: the old tree is this subtree's left edge from the very start
  while (first != end) {
    const std::uint64_t middle = begin + split_of(end - begin);
    if (first <= middle) {
      TRY(const auto right, hash(middle, end));
      proof.push_back(right);
      end = middle;
    } else {
      TRY(const auto left, hash(begin, middle));
      proof.push_back(left);
      begin = middle;
      whole = false;
    }
  }
  if (!whole) {
    TRY(const auto own, hash(begin, end));
    proof.push_back(own);
  }
  return std::vector<base::Digest>(proof.rbegin(), proof.rend());
}

// Section 2.1.4.2.
bool verify_consistency(std::uint64_t first, std::uint64_t second, const base::Digest& first_root,
                        const base::Digest& second_root, std::span<const base::Digest> proof) {
  if (first == 0 || first > second) return false;
  if (first == second) return proof.empty() && first_root == second_root;
  if (proof.empty() && !std::has_single_bit(first)) return false;
  std::uint64_t fn = first - 1, sn = second - 1;
  while (fn & 1) {
    fn >>= 1;
    sn >>= 1;
  }
  std::size_t next = 0;
  base::Digest fr = first_root;
  if (!std::has_single_bit(first)) fr = proof[next++];
  base::Digest sr = fr;
  for (; next < proof.size(); ++next) {
    if (sn == 0) return false;
    if ((fn & 1) || fn == sn) {
      fr = node_hash(proof[next], fr);
      sr = node_hash(proof[next], sr);
      while (!(fn & 1) && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      sr = node_hash(sr, proof[next]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == first_root && sr == second_root;
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
  return fmt::format("fulcrum-checkpoint-1\n{} {}\n{}\n", checkpoint.size, checkpoint.time_us,
                     base::to_hex(checkpoint.root));
}

}  // namespace fulcrum::ledger
