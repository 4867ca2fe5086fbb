#pragma once
// Sentences that a user sees, in English and Simplified Chinese. One catalogue a language
// (text_en.def, text_zh.def); a test finds a key or a placeholder that one of them lacks.
// names_zh.def translates what the code states in English where it stands: summaries of commands
// and queries, error codes, factors of the scores.
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace fulcrum::base {

enum class Language { kEnglish, kChinese };

/// Process-wide choice, made once at start-up (`--lang`, else LC_ALL/LANG).
void set_language(Language language);
Language language();
/// "en", "zh", "zh_CN.UTF-8"…; English for anything else.
Language language_from(std::string_view name);

/// The sentence behind a key; the key itself when it is unknown (a test finds those).
std::string_view text_of(std::string_view key);

/// The sentence behind a key of names_zh.def in the chosen language; else `english`.
std::string translated(std::string_view key, std::string_view english);

/// text("run.done", plan, seconds) fills the sentence's {} placeholders.
template <class... Args>
std::string text(std::string_view key, const Args&... args) {
  return fmt::format(fmt::runtime(text_of(key)), args...);
}

}  // namespace fulcrum::base
