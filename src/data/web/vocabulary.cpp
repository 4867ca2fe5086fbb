#include "data/web/vocabulary.h"

#include <array>
#include <cstddef>

namespace fulcrum::data::web {

namespace {

struct Word {
  std::string_view text;
  std::uint16_t meaning;
  bool is_prefix;
};

constexpr Word word_of(std::string_view text, int meaning) {
  const bool is_prefix = text.back() == '*';
  return {is_prefix ? text.substr(0, text.size() - 1) : text, static_cast<std::uint16_t>(meaning),
          is_prefix};
}

constexpr Word kWords[] = {
#define WORD(text, meaning) word_of(text, meaning),
#include "data/web/vocabulary.def"
#undef WORD
};
constexpr std::size_t kWordCount = std::size(kWords);
constexpr std::size_t kSlots = 1024;
constexpr std::size_t kLongest = 40;

/// A word and a prefix meet at their first two letters.
constexpr std::size_t slot_of(char first, char second) {
  return static_cast<std::size_t>(first - 'a' + 1) * 32 +
         static_cast<std::size_t>(second - 'a' + 1);
}

/// The words of each slot are neighbours, since the list is sorted.
struct Index {
  std::array<std::uint8_t, kSlots> begin{}, end{};
};

constexpr Index make_index() {
  Index index;
  for (std::size_t i = 0; i < kWordCount; ++i) {
    const std::size_t slot = slot_of(kWords[i].text[0], kWords[i].text[1]);
    if (index.end[slot] == 0) index.begin[slot] = static_cast<std::uint8_t>(i);
    index.end[slot] = static_cast<std::uint8_t>(i + 1);
  }
  return index;
}

constexpr Index kIndex = make_index();

std::uint16_t meaning_of_word(std::string_view word) {
  if (word.size() < 2) return kNone;
  const std::size_t slot = slot_of(word[0], word[1]);
  std::uint16_t by_prefix = kNone;
  for (std::size_t i = kIndex.begin[slot]; i < kIndex.end[slot]; ++i) {
    const Word& known = kWords[i];
    if (known.text.size() > word.size() || (known.text.size() > 2 && known.text[2] != word[2]))
      continue;
    if (known.text == word) return known.meaning;
    if (known.is_prefix && word.starts_with(known.text)) by_prefix = known.meaning;
  }
  return by_prefix;
}

}  // namespace

std::uint16_t meaning_of(std::string_view names) {
  std::array<char, kLongest> word;
  std::size_t size = 0;
  std::uint16_t all = kNone, one = kNone;
  bool was_small = false;
  const auto end_word = [&] {
    if (size > 0) one |= meaning_of_word({word.data(), size});
    size = 0;
  };
  const auto end_name = [&] {
    end_word();
    if ((one & kArticle) != 0 && (one & kBody) != 0) one |= kArticleBody;
    if ((one & kEmbed) != 0) one &= static_cast<std::uint16_t>(~kShare);
    all |= one;
    one = kNone;
  };
  for (const char c : names) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    if (is_capital || (c >= 'a' && c <= 'z')) {
      if (is_capital && was_small) end_word();
      was_small = !is_capital;
      if (size < kLongest) word[size++] = static_cast<char>(c | 0x20);
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      end_name();
    } else {
      end_word();
    }
  }
  end_name();
  return all;
}

}  // namespace fulcrum::data::web
