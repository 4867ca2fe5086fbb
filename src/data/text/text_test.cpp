#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>

#include "data/text/lines.h"
#include "data/text/repetition.h"
#include "data/text/unicode.h"
#include "data/text/words.h"

namespace fulcrum::data::text {
namespace {

std::vector<std::string> english(std::string_view text) {
  std::vector<Word> words;
  split_english(text, words);
  std::vector<std::string> out;
  for (const Word& word : words) out.emplace_back(word.in(text));
  return out;
}

using Strings = std::vector<std::string>;

// What spaCy 3.8's English tokenizer gives.
TEST(EnglishWords, AreSplitAsThePublishedFiltersCountThem) {
  EXPECT_EQ(english("The end. (Really?)"), (Strings{"The", "end", ".", "(", "Really", "?", ")"}));
  EXPECT_EQ(english("I don't know; she'll cannot we're it’s"),
            (Strings{"I", "do", "n't", "know", ";", "she", "'ll", "can", "not", "we", "'re", "it",
                     "’s"}));
  EXPECT_EQ(english("Mr. Smith's U.S. office, D.C."),
            (Strings{"Mr.", "Smith", "'s", "U.S.", "office", ",", "D.C."}));
  EXPECT_EQ(english("well-known and/or state-of-the-art"),
            (Strings{"well", "-", "known", "and/or", "state", "-", "of", "-", "the", "-", "art"}));
  EXPECT_EQ(english("10km at 9am for $5.50 or 30%..."),
            (Strings{"10", "km", "at", "9", "am", "for", "$", "5.50", "or", "30", "%", "..."}));
  EXPECT_EQ(english("see https://a.example.org/x-y?z=1, or me@example.com."),
            (Strings{"see", "https://a.example.org/x-y?z=1", ",", "or", "me@example.com", "."}));
  EXPECT_EQ(english("D-Minn. ended.Then NASA."),
            (Strings{"D", "-", "Minn.", "ended", ".", "Then", "NASA", "."}));
  EXPECT_EQ(english("“Quoted…” ☃snow\u00A0man\u3000"),
            (Strings{"“", "Quoted", "…", "”", "☃", "snow", "man"}));
  EXPECT_EQ(english(" \n\t "), Strings{});
}

TEST(Unicode, TheTableOfAsciiAgreesWithIcu) {
  for (char32_t c = 0; c < 128; ++c)
    EXPECT_EQ(classes(c), detail::wide_classes(c)) << static_cast<int>(c);
}

TEST(EnglishWords, KnowWhatTheyHold) {
  const std::string text = "naïve -- 42!";
  std::vector<Word> words;
  split_english(text, words);
  ASSERT_EQ(words.size(), 4U);
  EXPECT_EQ(words[0].chars, 5U);
  EXPECT_EQ(words[0].bytes, 6U);
  EXPECT_TRUE(words[0].has_letter);
  EXPECT_FALSE(words[1].has_content);
  EXPECT_TRUE(words[2].has_content);
  EXPECT_FALSE(words[2].has_letter);
  EXPECT_TRUE(words[3].ends_sentence);
}

RC_GTEST_PROP(EnglishWords, CoverTheTextButForWhiteSpace, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "a", "Bc", ".", "...", ",", "'s", "n't", "-", "10", "km", "(", ")", " ", "\n", "…", "é", "漢",
      "http://", "x.y", "@", "$", "US$", "'", "\"", ":", ")", "z.", "\u00A0"));
  std::string text;
  for (const auto& piece : pieces) text += piece;
  std::vector<Word> words;
  split_english(text, words);
  std::size_t at = 0;
  for (const Word& word : words) {
    RC_ASSERT(word.begin >= at);
    RC_ASSERT(strip(std::string_view(text).substr(at, word.begin - at)).empty());
    RC_ASSERT(word.bytes > 0U);
    at = word.begin + word.bytes;
  }
  RC_ASSERT(strip(std::string_view(text).substr(at)).empty());
}

TEST(Dictionary, SegmentsChinese) {
  const std::string text = "我们喜欢自然语言处理，因为它很有用。";
  std::vector<Word> words;
  split_by_dictionary(text, "zh", words);
  Strings found;
  for (const Word& word : words) found.emplace_back(word.in(text));
  EXPECT_EQ(found[0], "我们");
  EXPECT_EQ(found[1], "喜欢");
  EXPECT_EQ(found.back(), "。");
  EXPECT_TRUE(words.back().ends_sentence);
  EXPECT_LT(found.size(), 14U);
}

TEST(Sentences, EndWithMarksAndBeginWithWords) {
  const auto count = [](std::string_view text) {
    std::vector<Word> words;
    split_english(text, words);
    return count_sentences(words.data(), words.data() + words.size());
  };
  EXPECT_EQ(count(""), 1U);
  EXPECT_EQ(count("One. Two! Three?"), 3U);
  EXPECT_EQ(count("\"One.\" (two)"), 2U);
  EXPECT_EQ(count("Mr. Smith came."), 1U);
  EXPECT_EQ(count("Wait... what"), 1U);
}

TEST(Lines, FollowPythonsRules) {
  Lines lines;
  split_lines("a\r\nb\n\nc\u2028d\n", lines);
  EXPECT_EQ(lines, (Lines{"a", "b", "", "c", "d"}));
  split_newlines("\na\n", lines);
  EXPECT_EQ(lines, (Lines{"", "a", ""}));
  split_newline_runs("a\n\n\nb\nc", 2, lines);
  EXPECT_EQ(lines, (Lines{"a", "b\nc"}));
  split_lines("a\n\nb\n", lines);
  EXPECT_EQ(lines, (Lines{"a", "", "b"}));
  split_lines("", lines);
  EXPECT_EQ(lines, Lines{});
  PhraseSearch search;
  search.begin("Enable JavaScript!");
  EXPECT_TRUE(search.holds("javascript"));
  search.begin("java script");
  EXPECT_FALSE(search.holds("javascript"));
  EXPECT_EQ(strip("\u3000 a b\u00A0"), "a b");
}

/// The published definitions, word for word, on strings.
std::size_t plain_top(const Strings& words, std::size_t n) {
  std::map<std::string, std::size_t> counts;
  std::vector<std::string> order;
  for (std::size_t i = 0; i + n <= words.size(); ++i) {
    std::string gram = words[i];
    for (std::size_t k = 1; k < n; ++k) gram += " " + words[i + k];
    if (counts[gram]++ == 0) order.push_back(gram);
  }
  std::string best;
  std::size_t most = 0;
  for (const auto& gram : order)
    if (counts[gram] > most) most = counts[gram], best = gram;
  return code_points(best) * most;
}

std::size_t plain_duplicates(const Strings& words, std::size_t n) {
  std::set<std::string> seen;
  std::size_t repeated = 0;
  for (std::size_t i = 0; i + n <= words.size();) {
    std::string gram;
    for (std::size_t k = 0; k < n; ++k) gram += words[i + k];
    if (seen.insert(gram).second) {
      ++i;
    } else {
      repeated += code_points(gram);
      i += n;
    }
  }
  return repeated;
}

RC_GTEST_PROP(Repetition, EqualsTheDefinition, ()) {
  const auto picked = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a", "b", "d", "é", "long", "words", "c"));
  std::string text;
  for (const auto& word : picked) text += word + " ";
  std::vector<Word> words;
  split_english(text, words);
  Repetition measure;
  measure.begin_words(text, words);
  for (std::size_t n = 2; n <= 4; ++n)
    RC_ASSERT(measure.top_ngram_chars(n) == plain_top(picked, n));
  for (std::size_t n = 2; n <= 7; ++n) {
    const std::size_t bound = measure.repeated_ngram_chars(n);
    for (std::size_t longer = n + 1; longer <= 8; ++longer)
      RC_ASSERT(plain_duplicates(picked, longer) <= bound);
  }
  for (std::size_t n = 2; n <= 7; ++n)
    RC_ASSERT(measure.duplicate_ngram_chars(n) == plain_duplicates(picked, n));
}

TEST(Repetition, JoinsTheWordsOfARunWithoutBlanks) {
  const std::string text = "x yz end xy z";
  std::vector<Word> words;
  split_english(text, words);
  Repetition measure;
  measure.begin_words(text, words);
  EXPECT_EQ(measure.duplicate_ngram_chars(2), 3U);  // "xyz" comes twice
  EXPECT_EQ(measure.top_ngram_chars(2), 4U);        // "x yz", once
}

TEST(Repetition, CountsLinesThatComeAgain) {
  Repetition measure;
  const Duplicates found = measure.duplicates({"one", "two", "one", "", "", "été", "été"});
  EXPECT_EQ(found.elements, 3U);
  EXPECT_EQ(found.chars, 6U);
  EXPECT_EQ(found.total, 7U);
}

}  // namespace
}  // namespace fulcrum::data::text
