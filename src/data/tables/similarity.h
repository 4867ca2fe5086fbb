#pragma once
// How near two texts are, and keys under which different ways of writing one thing fall together.
#include <string>
#include <string_view>
#include <vector>

#include "data/tables/table.h"

namespace fulcrum::data::tables {

/// Optimal string alignment distance over bytes, or limit + 1 where it is larger.
std::size_t bounded_distance(std::string_view a, std::string_view b, std::size_t limit);
/// How many edits a text of this length may have suffered and still be known: a quarter, at
/// least 1.
std::size_t edit_limit(std::size_t length);

/// Runs of letters and digits, lower case (ASCII); bytes above 127 count as letters.
std::vector<std::string> tokens_of(std::string_view text);

/// Key collision methods (after OpenRefine's description of them).
enum class KeyMethod { kFingerprint, kNgram, kPhonetic };
/// Tokens without case, marks and order.
std::string fingerprint(std::string_view text);
/// The sorted set of two-character grams of the letters and digits, and the digits in order.
std::string ngram_fingerprint(std::string_view text);
/// American Soundex of each word, in order; digits stay.
std::string phonetic_key(std::string_view text);

struct Cluster {
  std::vector<Code> codes;  // commonest first; at least two
};
/// Values with an equal key, of those that some row has.
std::vector<Cluster> cluster_values(const Column& column, KeyMethod method);
/// Nearest neighbour: each cluster is a value and the rarer ones within `share` of its length, in
/// edits.
std::vector<Cluster> cluster_by_distance(const Column& column, double share);

}  // namespace fulcrum::data::tables
