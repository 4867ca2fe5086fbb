#include "base/text.h"

#include <atomic>
#include <unordered_map>

namespace fulcrum::base {

namespace {

using Catalogue = std::unordered_map<std::string_view, std::string_view>;
std::atomic<Language> chosen{Language::kEnglish};

const Catalogue& catalogue(Language language) {
#define TEXT(key, sentence) {key, sentence},
  static const Catalogue english = {
#include "base/text_en.def"
  };
  static const Catalogue chinese = {
#include "base/names_zh.def"
#include "base/text_zh.def"
  };
#undef TEXT
  return language == Language::kChinese ? chinese : english;
}

}  // namespace

void set_language(Language language) {
  chosen = language;
}
Language language() {
  return chosen;
}

Language language_from(std::string_view name) {
  return name.starts_with("zh") ? Language::kChinese : Language::kEnglish;
}

std::string_view text_of(std::string_view key) {
  const auto& sentences = catalogue(language());
  const auto found = sentences.find(key);
  return found == sentences.end() ? key : found->second;
}

std::string translated(std::string_view key, std::string_view english) {
  const auto sentence = text_of(key);
  return std::string(sentence == key ? english : sentence);
}

}  // namespace fulcrum::base
