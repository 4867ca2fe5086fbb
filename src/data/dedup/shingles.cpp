#include "data/dedup/shingles.h"

#include <algorithm>
#include <array>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "data/text/unicode.h"

namespace fulcrum::data::dedup {

namespace {

constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15ULL;  // odd: every power is invertible

std::uint64_t hash_word(const char* begin, const char* end) {
  return XXH3_64bits(begin, static_cast<std::size_t>(end - begin));
}

Shingle mixed(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93ULL;
  return static_cast<Shingle>(x >> 32);
}

constexpr auto kAsciiSpace = [] {
  std::array<bool, 256> is{};
  for (std::size_t c = 0; c < 128; ++c)
    is[c] = (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20);
  return is;
}();

/// Letters of a script that puts no blanks between words.
bool is_unspaced(char32_t c) {
  return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) ||
         (c >= 0x1780 && c <= 0x17FF) || (c >= 0x3040 && c <= 0x30FF) ||
         (c >= 0x31F0 && c <= 0x31FF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}

bool is_wide_punctuation(char32_t c) {
  return ((c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFFEF)) &&
         (text::classes(c) & text::kPunctuation);
}

}  // namespace

void Shingler::split_at_spaces(std::string_view text, bool knows_scripts) {
  const char *at = text.data(), *end = at + text.size(), *word = at;
  const auto flush = [&](const char* stop) {
    if (stop > word) words_.push_back(hash_word(word, stop));
  };
  while (at < end) {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte < 0x80) {
      if (kAsciiSpace[byte]) {
        flush(at);
        word = at + 1;
      }
      ++at;
      continue;
    }
    const char* begin = at;
    const char32_t c = text::decode(at, end);
    if (c < 0x0E00 && c != 0x85 && c != 0xA0) continue;
    const bool is_letter = knows_scripts && is_unspaced(c);
    if (!is_letter && !(text::classes(c) & text::kSpace) &&
        !(knows_scripts && is_wide_punctuation(c)))
      continue;
    flush(begin);
    word = at;
    if (is_letter) words_.push_back(hash_word(begin, at));
  }
  flush(end);
}

void Shingler::split_characters(std::string_view text) {
  const char *at = text.data(), *end = at + text.size();
  while (at < end) {
    const char* begin = at;
    if (!(text::classes(text::decode(at, end)) & text::kSpace))
      words_.push_back(hash_word(begin, at));
  }
}

void Shingler::split_dictionary(std::string_view text) {
  found_.clear();
  text::split_by_dictionary(text, "zh", found_);
  for (const text::Word& word : found_) {
    const std::string_view bytes = word.in(text);
    if (!word.is_punctuation)
      words_.push_back(hash_word(bytes.data(), bytes.data() + bytes.size()));
  }
}

void Shingler::shingles(std::string_view text, std::vector<Shingle>& out) {
  out.clear();
  words_.clear();
  switch (settings_.units) {
    case Units::kAuto:
    case Units::kWords:
      split_at_spaces(text, settings_.units == Units::kAuto);
      break;
    case Units::kCharacters:
      split_characters(text);
      break;
    case Units::kDictionary:
      split_dictionary(text);
      break;
  }
  if (words_.empty()) return;
  // A rolling polynomial of the words' hashes modulo 2^64.
  const std::size_t size = std::min<std::size_t>(std::max(settings_.size, 1U), words_.size());
  std::uint64_t sum = 0, leaving = 1;
  for (std::size_t i = 0; i < size; ++i) {
    sum = sum * kBase + words_[i];
    leaving *= kBase;
  }
  out.reserve(words_.size() - size + 1);
  out.push_back(mixed(sum));
  for (std::size_t i = size; i < words_.size(); ++i) {
    sum = sum * kBase + words_[i] - leaving * words_[i - size];
    out.push_back(mixed(sum));
  }
}

void make_set(std::vector<Shingle>& shingles) {
  std::sort(shingles.begin(), shingles.end());
  shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
}

double jaccard(const Shingle* a, std::size_t a_size, const Shingle* b, std::size_t b_size) {
  if (a_size + b_size == 0) return 1;
  std::size_t i = 0, k = 0, both = 0;
  while (i < a_size && k < b_size) {
    const Shingle x = a[i], y = b[k];
    both += x == y;
    i += x <= y;
    k += y <= x;
  }
  return static_cast<double>(both) / static_cast<double>(a_size + b_size - both);
}

}  // namespace fulcrum::data::dedup
