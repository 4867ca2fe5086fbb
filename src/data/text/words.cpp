#include "data/text/words.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/utext.h>

#include <map>
#include <memory>
#include <string>

#include "data/text/unicode.h"

namespace fulcrum::data::text {

Word word_at(std::string_view text, std::size_t begin, std::size_t bytes) {
  Word word{.begin = static_cast<std::uint32_t>(begin),
            .bytes = static_cast<std::uint32_t>(bytes),
            .chars = 0,
            .has_letter = false,
            .has_content = false,
            .ends_sentence = false,
            .is_punctuation = true};
  const char *at = text.data() + begin, *end = at + bytes;
  std::uint16_t last = 0;
  while (at < end) {
    last = classes(decode(at, end));
    ++word.chars;
    if (last & kLetter) word.has_letter = true;
    if (!(last & kMark)) word.has_content = true;
    if (!(last & kPunctuation)) word.is_punctuation = false;
  }
  word.ends_sentence = word.chars == 1 && (last & kTerminal);
  return word;
}

std::size_t count_sentences(const Word* begin, const Word* end) {
  std::size_t sentences = 1;
  bool after_mark = false;
  for (const Word* word = begin; word < end; ++word) {
    if (word->ends_sentence) {
      after_mark = true;
    } else if (after_mark && !word->is_punctuation) {
      ++sentences;
      after_mark = false;
    }
  }
  return sentences;
}

namespace {

/// A break iterator of this thread for a locale; ICU's are not shared between threads.
icu::BreakIterator* iterator_for(const char* locale) {
  thread_local std::map<std::string, std::unique_ptr<icu::BreakIterator>, std::less<>> made;
  auto found = made.find(std::string_view(locale));
  if (found == made.end()) {
    UErrorCode code = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> fresh(
        icu::BreakIterator::createWordInstance(icu::Locale(locale), code));
    if (U_FAILURE(code)) fresh.reset();
    found = made.emplace(locale, std::move(fresh)).first;
  }
  return found->second.get();
}

}  // namespace

void split_by_dictionary(std::string_view text, const char* locale, std::vector<Word>& words) {
  icu::BreakIterator* breaks = iterator_for(locale);
  UErrorCode code = U_ZERO_ERROR;
  UText* source =
      utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &code);
  if (!breaks || U_FAILURE(code)) return;
  breaks->setText(source, code);
  for (std::int32_t from = breaks->first(), to = breaks->next(); to != icu::BreakIterator::DONE;
       from = to, to = breaks->next()) {
    const auto begin = static_cast<std::size_t>(from);
    const auto bytes = static_cast<std::size_t>(to - from);
    if (!strip(text.substr(begin, bytes)).empty()) words.push_back(word_at(text, begin, bytes));
  }
  utext_close(source);
}

}  // namespace fulcrum::data::text
