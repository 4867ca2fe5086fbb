#include "data/text/repetition.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>

#include "data/text/unicode.h"

namespace fulcrum::data::text {

namespace {

// Polynomial hashes modulo the Mersenne prime 2^61 - 1: the hash of a concatenation follows from
// those of its parts, so that an n-gram costs one multiplication whatever its length.
constexpr std::uint64_t kPrime = (1ULL << 61) - 1;
constexpr std::uint64_t kBase = 0x1A6B8D35C9F2E741ULL % kPrime;

std::uint64_t reduce(unsigned __int128 x) {
  const auto low = static_cast<std::uint64_t>(x) & kPrime;
  const auto high = static_cast<std::uint64_t>(x >> 61);
  const std::uint64_t sum = low + high;
  return sum >= kPrime ? sum - kPrime : sum;
}
std::uint64_t multiply(std::uint64_t a, std::uint64_t b) {
  return reduce(static_cast<unsigned __int128>(a) * b);
}

constexpr std::size_t kPowers = 512;  // longer n-grams are rare: their powers are worked out

std::uint64_t power_of(std::size_t exponent) {
  std::uint64_t result = 1, square = kBase;
  for (; exponent > 0; exponent >>= 1, square = multiply(square, square))
    if (exponent & 1) result = multiply(result, square);
  return result;
}

struct Powers {
  std::uint64_t of[9];
  Powers() {
    of[0] = 1;
    for (int i = 1; i < 9; ++i) of[i] = multiply(of[i - 1], kBase);
  }
};
const Powers& powers() {
  static const Powers built;
  return built;
}

/// hash * B^bytes + hash of the bytes.
std::uint64_t extend(std::uint64_t hash, const char* at, std::size_t bytes, const Powers& power) {
  while (bytes > 0) {
    const std::size_t n = std::min<std::size_t>(bytes, 8);
    unsigned __int128 sum = static_cast<unsigned __int128>(hash) * power.of[n];
    for (std::size_t i = 0; i < n; ++i)
      sum += static_cast<unsigned __int128>(static_cast<unsigned char>(at[i]) + 1) *
             power.of[n - 1 - i];
    hash = reduce(sum);
    at += n;
    bytes -= n;
  }
  return hash;
}

/// Spreads a key over the bits that choose a slot; 0 marks an empty one.
std::uint64_t spread(std::uint64_t key) {
  key ^= key >> 32;
  key *= 0x9E3779B97F4A7C15ULL;
  return key ? key : 1;
}

std::size_t slots_for(std::size_t keys) {
  return std::bit_ceil(std::max<std::size_t>(keys * 2, 16));
}

}  // namespace

void KeySet::reset(std::size_t keys) {
  const std::size_t slots = slots_for(keys);
  mask_ = slots - 1;
  if (slots_.size() < slots) slots_.resize(slots);
  std::fill_n(slots_.begin(), slots, 0);
}

bool KeySet::insert(std::uint64_t key) {
  key = spread(key);
  for (std::size_t at = (key >> 20) & mask_;; at = (at + 1) & mask_) {
    if (slots_[at] == key) return false;
    if (slots_[at] == 0) {
      slots_[at] = key;
      return true;
    }
  }
}

void KeyCounts::reset(std::size_t keys) {
  const std::size_t slots = slots_for(keys);
  mask_ = slots - 1;
  if (slots_.size() < slots) slots_.resize(slots);
  std::fill_n(slots_.begin(), slots, Slot{});
  top_ = {};
}

bool KeyCounts::add(std::uint64_t key, std::uint32_t position) {
  key = spread(key);
  for (std::size_t at = (key >> 20) & mask_;; at = (at + 1) & mask_) {
    Slot& slot = slots_[at];
    if (slot.count != 0 && slot.key != key) continue;
    if (slot.count == 0) slot = {.key = key, .count = 0, .first = position};
    ++slot.count;
    if (slot.count > top_.count || (slot.count == top_.count && slot.first < top_.first))
      top_ = {.count = slot.count, .first = slot.first};
    return slot.count > 1;
  }
}

Duplicates Repetition::duplicates(const std::vector<std::string_view>& elements) {
  Duplicates found{.total = elements.size()};
  set_.reset(elements.size());
  for (const std::string_view element : elements)
    if (!set_.insert(XXH3_64bits(element.data(), element.size()))) {
      ++found.elements;
      found.chars += code_points(element);
    }
  return found;
}

void Repetition::begin_words(std::string_view text, const std::vector<Word>& words) {
  text_ = text;
  words_ = &words;
  has_spans_ = false;
  distinct_from_ = 0;
  word_keys_.resize(words.size());
  chars_before_.resize(words.size() + 1);
  chars_before_[0] = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    word_keys_[i] = XXH3_64bits(text.data() + words[i].begin, words[i].bytes);
    chars_before_[i + 1] = chars_before_[i] + words[i].chars;
  }
}

void Repetition::begin_spans() {
  if (has_spans_) return;
  has_spans_ = true;
  const Powers& power = powers();
  const std::size_t n = words_->size();
  prefix_.resize(n + 1);
  bytes_before_.resize(n + 1);
  prefix_[0] = bytes_before_[0] = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const Word& word = (*words_)[i];
    prefix_[i + 1] = extend(prefix_[i], text_.data() + word.begin, word.bytes, power);
    bytes_before_[i + 1] = bytes_before_[i] + word.bytes;
  }
  if (powers_.empty()) powers_.push_back(1);
  while (powers_.size() < kPowers) powers_.push_back(multiply(powers_.back(), kBase));
}

std::uint64_t Repetition::span_hash(std::size_t from, std::size_t to) const {
  const std::size_t bytes = bytes_before_[to] - bytes_before_[from];
  const std::uint64_t power = bytes < powers_.size() ? powers_[bytes] : power_of(bytes);
  const std::uint64_t shifted = multiply(prefix_[from], power);
  return prefix_[to] >= shifted ? prefix_[to] - shifted : prefix_[to] + kPrime - shifted;
}

std::uint64_t Repetition::key_of(std::size_t from, std::size_t n) const {
  std::uint64_t key = word_keys_[from];
  for (std::size_t k = 1; k < n; ++k)
    key = std::rotl(key * 0x9E3779B97F4A7C15ULL, 29) + word_keys_[from + k];
  return key;
}

std::size_t Repetition::repeated_ngram_chars(std::size_t n) {
  const std::size_t words = word_keys_.size();
  if (n == 0 || words < n) return 0;
  set_.reset(words - n + 1);
  std::size_t chars = 0, covered = 0;  // words before `covered` are counted
  for (std::size_t i = 0; i + n <= words; ++i) {
    if (set_.insert(key_of(i, n))) continue;
    const std::size_t from = std::max(i, covered);
    chars += chars_before_[i + n] - chars_before_[from];
    covered = i + n;
  }
  return chars;
}

std::size_t Repetition::top_ngram_chars(std::size_t n) {
  const std::size_t words = word_keys_.size();
  if (n == 0 || words < n) return 0;
  const std::size_t grams = words - n + 1;
  counts_.reset(grams);
  for (std::size_t i = 0; i < grams; ++i) counts_.add(key_of(i, n), static_cast<std::uint32_t>(i));
  const KeyCounts::Top top = counts_.top();
  return (chars_before_[top.first + n] - chars_before_[top.first] + n - 1) * top.count;
}

std::size_t Repetition::duplicate_ngram_chars(std::size_t n) {
  const std::size_t words = word_keys_.size();
  // Where no n-gram comes twice, no longer one does.
  if (n == 0 || words < n || (distinct_from_ != 0 && n >= distinct_from_)) return 0;
  begin_spans();
  set_.reset(words - n + 1);
  std::size_t repeated = 0;
  for (std::size_t i = 0; i + n <= words;) {
    if (set_.insert(span_hash(i, i + n))) {
      ++i;
    } else {
      repeated += chars_before_[i + n] - chars_before_[i];
      i += n;
    }
  }
  if (repeated == 0) distinct_from_ = n;
  return repeated;
}

}  // namespace fulcrum::data::text
