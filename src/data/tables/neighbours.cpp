#include "data/tables/neighbours.h"

#include <algorithm>
#include <functional>
#include <string>

#include "data/tables/similarity.h"

namespace fulcrum::data::tables {

namespace {

constexpr std::size_t kMostPostings = 4000, kMostAnswers = 16, kMostCompared = 400;

std::uint64_t hash_of(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

/// Hashes of the text and of what remains of it without one byte, and without two where two edits
/// are allowed.
std::vector<std::uint64_t> deletions_of(std::string_view text) {
  std::vector<std::uint64_t> hashes{hash_of(text)};
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string one(text);
    one.erase(i, 1);
    hashes.push_back(hash_of(one));
    if (edit_limit(text.size()) < 2 && text.size() < 7) continue;
    for (std::size_t j = i; j < one.size(); ++j) {
      std::string two = one;
      two.erase(j, 1);
      hashes.push_back(hash_of(two));
    }
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

std::vector<std::uint32_t> runs_of(std::string_view text) {
  std::vector<std::uint32_t> runs;
  for (std::size_t i = 0; i + 2 < text.size(); ++i)
    runs.push_back((static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) << 16) |
                   (static_cast<std::uint32_t>(static_cast<unsigned char>(text[i + 1])) << 8) |
                   static_cast<unsigned char>(text[i + 2]));
  std::sort(runs.begin(), runs.end());
  runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  return runs;
}

}  // namespace

NeighbourIndex::NeighbourIndex(const Column& column, const std::vector<Code>& codes)
    : column_(column) {
  for (const Code code : codes) {
    const std::string_view value = column.value(code);
    if (value.size() <= kShort + 2)
      for (const std::uint64_t hash : deletions_of(value)) deletions_[hash].push_back(code);
    if (value.size() + 2 > kShort)
      for (const std::uint32_t run : runs_of(value)) runs_[run].push_back(code);
  }
}

void NeighbourIndex::add_candidates(std::string_view text, std::vector<Code>& candidates) const {
  if (text.size() <= kShort) {
    for (const std::uint64_t hash : deletions_of(text))
      if (const auto found = deletions_.find(hash); found != deletions_.end())
        candidates.insert(candidates.end(), found->second.begin(), found->second.end());
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    return;
  }
  static thread_local std::unordered_map<Code, std::uint32_t> shared;
  shared.clear();
  const auto runs = runs_of(text);
  for (const std::uint32_t run : runs) {
    const auto found = runs_.find(run);
    if (found == runs_.end() || found->second.size() > kMostPostings) continue;
    for (const Code code : found->second) ++shared[code];
  }
  // An edit destroys at most three runs; those that all values share are not counted.
  std::vector<std::pair<std::uint32_t, Code>> ranked;
  for (const auto& [code, count] : shared) ranked.emplace_back(count, code);
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  if (ranked.size() > kMostCompared) ranked.resize(kMostCompared);
  for (const auto& [count, code] : ranked) candidates.push_back(code);
}

std::vector<Neighbour> NeighbourIndex::near(std::string_view text) const {
  std::vector<Code> candidates;
  add_candidates(text, candidates);
  std::vector<Neighbour> all;
  for (const Code code : candidates) {
    const std::string_view value = column_.value(code);
    if (value == text) continue;
    const std::size_t limit = edit_limit(std::max(value.size(), text.size()));
    const std::size_t distance = bounded_distance(text, value, limit);
    if (distance <= limit) all.push_back({code, static_cast<std::uint32_t>(distance)});
  }
  std::sort(all.begin(), all.end(), [&](const Neighbour& a, const Neighbour& b) {
    return std::pair(a.distance, a.code) < std::pair(b.distance, b.code);
  });
  if (all.size() > kMostAnswers) all.resize(kMostAnswers);
  return all;
}

}  // namespace fulcrum::data::tables
