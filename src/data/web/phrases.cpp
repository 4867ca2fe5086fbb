#include "data/web/phrases.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

namespace fulcrum::data::web {

namespace {

struct Phrase {
  std::string_view text;
  PhraseKind kind;
};

constexpr Phrase kPhrases[] = {
#define PHRASE(text, kind) {text, PhraseKind::kind},
#include "data/web/phrases.def"
#undef PHRASE
};

constexpr unsigned char folded(char c) {
  return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

constexpr std::array<bool, 256> make_firsts() {
  std::array<bool, 256> firsts{};
  for (const Phrase& phrase : kPhrases) firsts[folded(phrase.text[0])] = true;
  return firsts;
}
constexpr auto kFirsts = make_firsts();

bool is_letter(char c) {
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'z';
}

/// Below, equal (a prefix) or above, in bytes, of the phrase's size.
int compare(std::string_view text, std::string_view phrase) {
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    const int a = i < text.size() ? folded(text[i]) : -1;
    const int b = static_cast<unsigned char>(phrase[i]);
    if (a != b) return a - b;
  }
  return 0;
}

PhraseKind phrase_at(std::string_view rest) {
  const auto* const end = std::end(kPhrases);
  const auto* at = std::lower_bound(std::begin(kPhrases), end, rest.substr(0, 2),
                                    [](const Phrase& phrase, std::string_view two) {
                                      return compare(two, phrase.text.substr(0, 2)) > 0;
                                    });
  PhraseKind found = PhraseKind::kNone;
  for (; at != end && compare(rest, at->text.substr(0, 2)) == 0; ++at) {
    if (compare(rest, at->text) != 0) continue;
    const std::size_t size = at->text.size();
    if (size < rest.size() && is_letter(rest[size]) && is_letter(rest[size - 1])) continue;
    found = at->kind;  // the longest comes last
  }
  return found;
}

}  // namespace

PhraseKind phrase_in(std::string_view block) {
  for (std::size_t at = 0; at < block.size(); ++at) {
    if (!kFirsts[folded(block[at])]) continue;
    if (at > 0 && is_letter(block[at - 1]) && is_letter(block[at])) continue;
    const PhraseKind kind = phrase_at(block.substr(at));
    if (kind == PhraseKind::kDrop || (at == 0 && kind != PhraseKind::kNone)) return kind;
  }
  return PhraseKind::kNone;
}

}  // namespace fulcrum::data::web
