#include "data/operators/item.h"

#include <algorithm>

#include "base/json.h"
#include "data/text/unicode.h"

namespace fulcrum::data {

void Item::begin(Record& record) {
  record_ = &record;
  text_ = record.text(fields_.text).value_or("");
  has_words_ = has_repetition_ = has_chars_ = has_given_ = false;
  is_given_ = !fields_.words.empty();
}

void Item::set_text(std::string_view text) {
  record_->set_text(fields_.text, text);
  text_ = *record_->text(fields_.text);
  has_words_ = has_repetition_ = has_chars_ = is_given_ = false;
}

std::size_t Item::text_chars() {
  if (!has_chars_) chars_ = text::code_points(text_);
  has_chars_ = true;
  return chars_;
}

std::string_view Item::language() const {
  if (language_ != "auto") return language_;
  return record_->text(fields_.language).value_or("en");
}

void Item::set_language(std::string_view language) {
  record_->set_text(fields_.language, language);
  has_words_ = has_repetition_ = false;
}

const std::vector<text::Word>& Item::words() {
  if (has_words_) return words_;
  has_words_ = true;
  words_.clear();
  if (is_given_) {
    read_given_words();
  } else if (language() == "en") {
    text::split_english(text_, words_);
  } else {
    text::split_by_dictionary(text_, std::string(language()).c_str(), words_);
  }
  return words_;
}

/// Each given word is looked for behind the one before; one that is not there is left out.
void Item::read_given_words() {
  const auto* member = record_->find(fields_.words);
  if (!member) return;
  const auto list = base::parse_json(member->value, fields_.words);
  if (!list || !list->is_array()) return;
  std::size_t at = 0;
  for (const auto& word : list->get_array()) {
    if (!word.is_string()) continue;
    const std::string_view wanted = word.get_string();
    const auto found = text_.find(wanted, at);
    if (found == std::string_view::npos) continue;
    words_.push_back(text::word_at(text_, found, wanted.size()));
    at = found + wanted.size();
  }
}

std::size_t Item::sentences_between(std::size_t begin, std::size_t end) {
  const auto& all = words();
  const auto first =
      std::lower_bound(all.begin(), all.end(), begin,
                       [](const text::Word& w, std::size_t at) { return w.begin < at; });
  const auto last = std::lower_bound(
      first, all.end(), end, [](const text::Word& w, std::size_t at) { return w.begin < at; });
  return text::count_sentences(all.data() + (first - all.begin()),
                               all.data() + (last - all.begin()));
}

std::optional<std::size_t> Item::given_sentences(std::size_t line) {
  if (fields_.line_sentences.empty()) return std::nullopt;
  if (!has_given_) {
    has_given_ = true;
    given_sentences_.clear();
    if (const auto* member = record_->find(fields_.line_sentences))
      if (const auto list = base::parse_json(member->value, "line_sentences");
          list && list->is_array())
        for (const auto& count : list->get_array())
          given_sentences_.push_back(count.is_int64() ? static_cast<std::size_t>(count.get_int64())
                                                      : 0);
  }
  if (line >= given_sentences_.size()) return std::nullopt;
  return given_sentences_[line];
}

text::Repetition& Item::word_repetition() {
  if (!has_repetition_) repetition_.begin_words(text_, words());
  has_repetition_ = true;
  return repetition_;
}

}  // namespace fulcrum::data
