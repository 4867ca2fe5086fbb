#include "ledger/merkle.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace fulcrum::ledger {
namespace {

using base::Digest;

std::vector<Digest> leaves_of(std::size_t count) {
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(fmt::format("leaf {}", i)));
  return leaves;
}

/// RFC 9162 section 2.1.1, word for word.
Digest naive_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return base::sha256({});
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  const Digest left = naive_root(leaves.first(k)), right = naive_root(leaves.subspan(k));
  std::string bytes(1, '\x01');
  bytes.append(left.begin(), left.end());
  bytes.append(right.begin(), right.end());
  return base::sha256(bytes);
}

RangeHash naive_ranges(const std::vector<Digest>& leaves) {
  return [&leaves](std::uint64_t begin, std::uint64_t end) -> base::Result<Digest> {
    return naive_root(std::span(leaves).subspan(begin, end - begin));
  };
}

CompactRange tree_of(std::span<const Digest> leaves) {
  CompactRange tree;
  for (const auto& leaf : leaves) tree.append(leaf);
  return tree;
}

// Published by Certificate Transparency (RFC 6962 has the same tree; test data of its reference
// implementation): the empty tree, one empty leaf, and the tree of these eight leaves.
TEST(Merkle, AgreesWithPublishedVectors) {
  EXPECT_EQ(base::to_hex(CompactRange().root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(base::to_hex(leaf_hash(std::string_view())),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  CompactRange tree;
  const std::vector<std::pair<const char*, const char*>> steps{
      {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
      {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
      {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
      {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
      {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
      {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
      {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
      {"606162636465666768696a6b6c6d6e6f",
       "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}};
  for (const auto& [leaf, root] : steps) {
    tree.append(leaf_hash(std::string_view(*base::from_hex(leaf))));
    EXPECT_EQ(base::to_hex(tree.root()), root);
  }
}

TEST(Merkle, CompactRangeAgreesWithTheRecursion) {
  const auto leaves = leaves_of(300);
  CompactRange tree;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    EXPECT_EQ(tree.root(), naive_root(std::span(leaves).first(size))) << size;
    const auto again = CompactRange::from(tree.size(), tree.nodes());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->root(), tree.root());
    if (size < leaves.size()) tree.append(leaves[size]);
  }
  EXPECT_FALSE(CompactRange::from(5, {leaves[0]}));
}

TEST(Merkle, InclusionProofsHoldAndOnlyThose) {
  const auto leaves = leaves_of(70);
  for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
    const Digest root = tree_of(std::span(leaves).first(size)).root();
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(index, size, naive_ranges(leaves));
      ASSERT_TRUE(proof);
      EXPECT_LE(proof->size(), 7u);
      EXPECT_TRUE(verify_inclusion(index, size, leaves[index], *proof, root));
      EXPECT_FALSE(verify_inclusion(index, size, leaves[(index + 1) % 70], *proof, root));
      EXPECT_FALSE(verify_inclusion(index + 1, size, leaves[index], *proof, root));
      for (std::size_t i = 0; i < proof->size(); ++i) {
        auto broken = *proof;
        broken[i][0] ^= 1;
        EXPECT_FALSE(verify_inclusion(index, size, leaves[index], broken, root));
        broken = *proof;
        broken.erase(broken.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(verify_inclusion(index, size, leaves[index], broken, root));
      }
    }
  }
  EXPECT_FALSE(inclusion_proof(70, 70, naive_ranges(leaves)));
}

TEST(Merkle, ConsistencyProofsHoldAndOnlyThose) {
  const auto leaves = leaves_of(70);
  std::vector<Digest> roots;
  for (std::size_t size = 0; size <= leaves.size(); ++size)
    roots.push_back(tree_of(std::span(leaves).first(size)).root());
  for (std::uint64_t second = 1; second <= leaves.size(); ++second) {
    for (std::uint64_t first = 1; first <= second; ++first) {
      const auto proof = consistency_proof(first, second, naive_ranges(leaves));
      ASSERT_TRUE(proof);
      EXPECT_TRUE(verify_consistency(first, second, roots[first], roots[second], *proof))
          << first << " " << second;
      EXPECT_FALSE(verify_consistency(first, second, roots[first - 1], roots[second], *proof));
      EXPECT_FALSE(verify_consistency(first, second, roots[first], roots[0], *proof));
      for (std::size_t i = 0; i < proof->size(); ++i) {
        auto broken = *proof;
        broken[i][31] ^= 1;
        EXPECT_FALSE(verify_consistency(first, second, roots[first], roots[second], broken));
      }
    }
  }
  EXPECT_FALSE(consistency_proof(0, 5, naive_ranges(leaves)));
  EXPECT_FALSE(consistency_proof(6, 5, naive_ranges(leaves)));
}

TEST(Merkle, NoTwoEventsShareLeafBytes) {
  // Texts that join to the same bytes if lengths were left out.
  const Event base_event{1, 2, "ab", 3, "c", "d", "e", "f"};
  std::set<std::string> seen{leaf_bytes(base_event)};
  const auto expect_new = [&](auto change) {
    Event event = base_event;
    change(event);
    EXPECT_TRUE(seen.insert(leaf_bytes(event)).second);
  };
  expect_new([](Event& e) { e.seq = 2; });
  expect_new([](Event& e) { e.time_us = -2; });
  expect_new([](Event& e) { e.version = 4; });
  expect_new([](Event& e) { e.stream = "a", e.kind = "bc"; });
  expect_new([](Event& e) { e.kind = "cd", e.actor = ""; });
  expect_new([](Event& e) { e.actor = "", e.command_id = "de"; });
  expect_new([](Event& e) { e.command_id = "ef", e.payload = ""; });
  expect_new([](Event& e) { e.payload = "g"; });
  EXPECT_EQ(base::to_hex(leaf_bytes(base_event)),
            "01"
            "0000000000000001"
            "0000000000000002"
            "00000002"
            "6162"
            "0000000000000003"
            "00000001"
            "63"
            "00000001"
            "64"
            "00000001"
            "65"
            "0000000000000001"
            "66");
}

TEST(Merkle, CheckpointTextIsAsDocumented) {
  const Checkpoint checkpoint{7, 123, base::sha256({}), {}};
  EXPECT_EQ(checkpoint_text(checkpoint),
            "fulcrum-checkpoint-1\n7 123\n"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n");
}

}  // namespace
}  // namespace fulcrum::ledger
