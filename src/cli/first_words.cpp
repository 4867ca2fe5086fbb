#include "cli/first_words.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace fulcrum::cli {

FirstWords first_words(int argc, char** argv) {
  FirstWords words;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value && *value && words.language.empty()) words.language = value;
  }
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") break;
    if (word == "--json") words.wants_json = true;
    if (word.starts_with("--lang=")) words.language = word.substr(7);
    if (word == "--lang" && i + 1 < argc) words.language = argv[i + 1];
    if (word == "--home" || word == "--wait" || word == "--lang") {
      ++i;
    } else if (!word.starts_with("-") && words.command.empty()) {
      words.command = word;
    } else if (!word.starts_with("-") && words.subcommand.empty()) {
      words.subcommand = word;
    }
  }
  return words;
}

std::vector<std::string> with_hyphens(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  for (std::string& word : words) {
    if (word == "--") break;
    if (!word.starts_with("--")) continue;
    const std::size_t end = std::min(word.find('='), word.size());
    std::replace(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(end), '_', '-');
  }
  return words;
}

}  // namespace fulcrum::cli
