#pragma once
// What counts as equal, and which copy stays.
#include <cstddef>
#include <cstdint>
#include <string>

namespace fulcrum::data::dedup {

enum class Method { kMinhash, kExact, kLines, kSubstring };
enum class Unicode { kNone, kNfc, kNfkc };
/// What a shingle is made of. kAuto: words between white space; each character of a script written
/// without blanks (Han, Kana, Thai, Lao, Khmer, Burmese) is a word, its punctuation none.
enum class Units { kAuto, kWords, kCharacters, kDictionary };
enum class Keep { kFirst, kLongest };

/// Applied before anything is compared. White space never counts: a run of it is one blank for
/// kExact, and a boundary for words.
struct Normalisation {
  Unicode unicode = Unicode::kNfc;
  bool folds_case = false;
};

struct ShingleSettings {
  Units units = Units::kAuto;
  unsigned size = 5;
};

struct MinHashSettings {
  unsigned bands = 14, rows = 8;
  std::uint64_t seed = 1;
  /// A pair that shares a band is one of near duplicates when the Jaccard similarity of its shingle
  /// sets is at least this.
  double min_jaccard = 0.5;
  /// A document is compared with at most so many others of one band's bucket: the first and those
  /// nearest before it.
  unsigned max_bucket = 1000;
};

struct LineSettings {
  unsigned min_chars = 10;     // shorter lines stay
  unsigned max_documents = 1;  // a line of more documents than this stays in the first alone
};

struct SubstringSettings {
  unsigned min_bytes = 100;  // as Lee et al. 2022 (arXiv 2107.06499)
};

struct Settings {
  Method method = Method::kMinhash;
  Normalisation normalisation;
  ShingleSettings shingles;
  MinHashSettings minhash;
  LineSettings lines;
  SubstringSettings substring;
  Keep keep = Keep::kFirst;
};

/// Everything that decides what is equal, as one line; an index may only be used with the settings
/// that it was made with.
std::string identity_of(const Settings& settings);

}  // namespace fulcrum::data::dedup
