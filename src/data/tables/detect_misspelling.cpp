#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "data/tables/detector.h"
#include "data/tables/neighbours.h"
#include "data/tables/similarity.h"

namespace fulcrum::data::tables {

namespace {

constexpr std::uint32_t kFrequentRows = 3;
constexpr std::size_t kMostProbed = 500, kMostRare = 300'000;
/// How much more often the right value occurs than its misspelling, at least.
constexpr std::uint32_t kRatio = 4;

/// Both differ in digits alone: then they are two numbers and no misspelling.
bool differ_in_digits_only(std::string_view a, std::string_view b) {
  const auto without = [](std::string_view text) {
    std::string rest;
    for (const char c : text)
      if (!std::isdigit(static_cast<unsigned char>(c))) rest += c;
    return rest;
  };
  return without(a) == without(b);
}

/// Bytes of the words in which a and b differ: a shared "Brewing Company" makes no two names alike.
std::size_t differing_words(std::string_view a, std::string_view b) {
  const auto is_word = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c));
  };
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t front = 0, back = 0;
  while (front < shorter && a[front] == b[front]) ++front;
  while (back < shorter - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
  while (front > 0 && is_word(a[front - 1])) --front;
  while (back > 0 && is_word(a[a.size() - back])) --back;
  return std::max(a.size(), b.size()) - front - back;
}

/// Rows in which each token of the column's values occurs.
using Vocabulary = std::unordered_map<std::string, std::uint64_t>;

Vocabulary vocabulary_of(const Column& column) {
  Vocabulary words;
  for (Code code = 0; code < column.distinct(); ++code)
    if (column.count(code) > 0)
      for (std::string& token : tokens_of(column.value(code)))
        words[std::move(token)] += column.count(code);
  return words;
}

/// Has the value a word that hardly another value has?
bool has_new_word(const Column& column, Code code, const Vocabulary& words) {
  for (const std::string& token : tokens_of(column.value(code))) {
    const auto found = words.find(token);
    if (found != words.end() && found->second <= 2ULL * column.count(code)) return true;
  }
  return false;
}

struct Frequent {
  std::vector<Code> codes;
  /// The share of frequent values with another frequent one within reach: how often right values
  /// look like misspellings of each other.
  double alike = 1;
};

Frequent frequent_of(const Column& column, const std::vector<bool>& missing) {
  Frequent frequent;
  for (Code code = 0; code < column.distinct(); ++code)
    if (column.count(code) >= kFrequentRows && !missing[code]) frequent.codes.push_back(code);
  return frequent;
}

void measure_alike(const Column& column, const NeighbourIndex& index, Frequent& frequent) {
  const std::size_t step = 1 + frequent.codes.size() / kMostProbed;
  double probed = 0, near = 0;
  for (std::size_t i = 0; i < frequent.codes.size(); i += step) {
    const Code code = frequent.codes[i];
    bool is_alike = false, is_slip = false;
    for (const Neighbour& one : index.near(column.value(code))) {
      const std::size_t words = differing_words(column.value(code), column.value(one.code));
      if (one.distance > edit_limit(words)) continue;
      // A frequent misspelling of a very frequent value is no pair of right values.
      const auto a = column.count(code), b = column.count(one.code);
      is_slip = is_slip || b >= 10 * a;
      is_alike = is_alike || (b < 10 * a && a < 10 * b);
    }
    if (is_slip) continue;
    ++probed;
    near += is_alike;
  }
  frequent.alike = (near + 0.5) / (probed + 1);
}

void judge(const DetectorInput& input, const Column& column, Code code, const NeighbourIndex& index,
           double alike, const Vocabulary& words, std::vector<Mark>& marks) {
  const std::string_view value = column.value(code);
  Code best = kNoCode;
  double weight = 0, total = 0;
  std::uint32_t distance = 0;
  for (const Neighbour& near : index.near(value)) {
    if (column.count(near.code) < kRatio * column.count(code)) continue;
    if (differ_in_digits_only(value, column.value(near.code))) continue;
    if (near.distance > edit_limit(differing_words(value, column.value(near.code)))) continue;
    // A further edit makes a neighbour a tenth as likely.
    const double one = column.count(near.code) * std::pow(0.1, near.distance);
    total += one;
    if (best == kNoCode || one > weight) {
      weight = one;
      best = near.code;
      distance = near.distance;
    }
  }
  if (best == kNoCode) return;
  // Short words have neighbours by chance.
  const auto length = static_cast<double>(differing_words(value, column.value(best)));
  double confidence = 1 / (1 + alike) * (1 - std::min(0.6, 1.6 * distance / std::max(1.0, length)));
  if (!has_new_word(column, code, words)) confidence *= 0.35;
  marks.push_back({code, evidence_for(std::clamp(confidence, 0.03, 0.97)),
                   input.texts.add(column.value(best)), static_cast<float>(weight / total),
                   kNoText});
}

}  // namespace

void detect_misspelling(const DetectorInput& input, Evidence& evidence) {
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const Column& column = input.table.columns[i];
    Frequent frequent = frequent_of(column, input.missing[i]);
    if (frequent.codes.empty() || frequent.codes.size() == column.distinct()) continue;
    if (column.distinct() - frequent.codes.size() > kMostRare) continue;
    const NeighbourIndex index(column, frequent.codes);
    measure_alike(column, index, frequent);
    const Vocabulary words = vocabulary_of(column);
    for (Code code = 0; code < column.distinct(); ++code) {
      if (column.count(code) == 0 || input.missing[i][code]) continue;
      const auto quantity = parse_quantity(column.value(code));
      if (quantity && quantity->unit().empty()) continue;
      judge(input, column, code, index, frequent.alike, words, evidence.values[i]);
    }
  }
}

}  // namespace fulcrum::data::tables
