#pragma once
// Words of a text as offsets into it.
//
// English is split by the rules that spaCy's tokenizer documents (exceptions, prefixes, suffixes,
// infixes, addresses), written anew over character classes, because the published web filters count
// those words. Chinese and what else is written without blanks is segmented by ICU's dictionaries.
#include <cstdint>
#include <string_view>
#include <vector>

namespace fulcrum::data::text {

struct Word {
  std::uint32_t begin = 0, bytes = 0;
  std::uint32_t chars = 0;      // code points
  bool has_letter = false;      // at least one letter
  bool has_content = false;     // at least one code point that is no mark (unicode.h, kMark)
  bool ends_sentence = false;   // is one mark that ends sentences
  bool is_punctuation = false;  // punctuation alone

  std::string_view in(std::string_view text) const { return text.substr(begin, bytes); }
};

/// Appends the words of `text` (valid UTF-8, below 4 GiB). Linear time; thread-safe.
void split_english(std::string_view text, std::vector<Word>& words);

/// Words between ICU's word boundaries for `locale` ("zh", "ja", "de"); white space is none. Slower
/// by an order of magnitude. Thread-safe.
void split_by_dictionary(std::string_view text, const char* locale, std::vector<Word>& words);

/// The word at [begin, begin + bytes) with its properties filled in.
Word word_at(std::string_view text, std::size_t begin, std::size_t bytes);

/// Sentences that the words make: one ends with terminal marks and begins with the next word that
/// is neither such a mark nor punctuation. At least 1, as datatrove counts them.
std::size_t count_sentences(const Word* begin, const Word* end);

}  // namespace fulcrum::data::text
