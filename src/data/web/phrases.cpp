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

constexpr std::size_t kSlots = 1024;

constexpr std::size_t slot_of(char first, char second) {
  return (folded(first) * 37U + folded(second)) % kSlots;
}

/// Which phrases begin with two bytes, or with others that share their slot.
struct Index {
  std::array<std::uint8_t, kSlots> begin{}, end{};
};

constexpr Index make_index() {
  Index index;
  for (std::size_t i = 0; i < std::size(kPhrases); ++i) {
    const std::size_t slot = slot_of(kPhrases[i].text[0], kPhrases[i].text[1]);
    if (index.end[slot] == 0) index.begin[slot] = static_cast<std::uint8_t>(i);
    index.end[slot] = static_cast<std::uint8_t>(i + 1);
  }
  return index;
}
constexpr Index kIndex = make_index();
static_assert(std::size(kPhrases) < 255);

bool is_letter(char c) {
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'z';
}

bool begins_with(std::string_view text, std::string_view phrase) {
  if (text.size() < phrase.size()) return false;
  for (std::size_t i = 0; i < phrase.size(); ++i)
    if (folded(text[i]) != static_cast<unsigned char>(phrase[i])) return false;
  return true;
}

PhraseKind phrase_at(std::string_view rest) {
  const std::size_t slot = slot_of(rest[0], rest[1]);
  PhraseKind found = PhraseKind::kNone;
  for (std::size_t i = kIndex.begin[slot]; i < kIndex.end[slot]; ++i) {
    const Phrase& phrase = kPhrases[i];
    if (!begins_with(rest, phrase.text)) continue;
    const std::size_t size = phrase.text.size();
    if (size < rest.size() && is_letter(rest[size]) && is_letter(rest[size - 1])) continue;
    found = phrase.kind;  // the longest comes last
  }
  return found;
}

}  // namespace

PhraseKind phrase_in(std::string_view block) {
  bool was_letter = false;
  for (std::size_t at = 0; at + 1 < block.size(); ++at) {
    const bool letter = is_letter(block[at]);
    const bool is_inside = letter && was_letter;
    was_letter = letter;
    if (is_inside || kIndex.end[slot_of(block[at], block[at + 1])] == 0) continue;
    const PhraseKind kind = phrase_at(block.substr(at));
    if (kind == PhraseKind::kDrop || (at == 0 && kind != PhraseKind::kNone)) return kind;
  }
  return PhraseKind::kNone;
}

}  // namespace fulcrum::data::web
