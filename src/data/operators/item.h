#pragma once
// The record that an operator looks at, with what several operators ask of its text worked out
// once.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/records/record.h"
#include "data/text/lines.h"
#include "data/text/repetition.h"
#include "data/text/words.h"

namespace fulcrum::data {

/// Which member of a record plays which part.
struct FieldNames {
  std::string id = "id", text = "text", url = "url", language = "language";
  std::string words;           // a list of the text's words, made elsewhere; empty: split here
  std::string line_sentences;  // a list of sentence counts, one a line (str.splitlines)
};

/// Scratch of one thread. Not thread-safe.
class Item {
 public:
  /// `language`: "en", "zh", …, or "auto": as the record's language field says, English without
  /// one.
  Item(const FieldNames& fields, std::string language)
      : fields_(fields), language_(std::move(language)) {}

  /// The next record; it must outlive the item's use.
  void begin(Record& record);

  Record& record() { return *record_; }
  std::string_view id() const { return record_->text(fields_.id).value_or(""); }
  std::string_view url() const { return record_->text(fields_.url).value_or(""); }
  /// Empty when the record has none.
  std::string_view text() const { return text_; }
  std::size_t text_chars();
  void set_text(std::string_view text);

  std::string_view language() const;
  void set_language(std::string_view language);

  /// Of the whole text, in order.
  const std::vector<text::Word>& words();
  /// Words at [begin, begin + bytes) of the text; the first word must begin there or later.
  std::size_t sentences_between(std::size_t begin, std::size_t end);
  /// The given count for that line, where the record brings counts.
  std::optional<std::size_t> given_sentences(std::size_t line);
  /// For lists of lines; its n-grams are those of the text's words once word_repetition() was
  /// asked.
  text::Repetition& repetition() { return repetition_; }
  text::Repetition& word_repetition();

  text::Lines lines;  // scratch for whoever needs lines

 private:
  void read_given_words();

  const FieldNames& fields_;
  std::string language_;
  Record* record_ = nullptr;
  std::string_view text_;
  std::vector<text::Word> words_;
  std::vector<std::size_t> given_sentences_;
  text::Repetition repetition_;
  bool has_words_ = false, has_repetition_ = false, has_given_ = false, is_given_ = false;
  std::size_t chars_ = 0;
  bool has_chars_ = false;
};

}  // namespace fulcrum::data
