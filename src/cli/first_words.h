#pragma once
// A glance at the command line before it is parsed: the language of the help texts and the group of
// commands whose options are worth building depend on it.
#include <string>
#include <vector>

namespace fulcrum::cli {

struct FirstWords {
  std::string command;     // first word that is no option: "note"
  std::string subcommand;  // the next one: "add"
  std::string language;    // --lang, else LC_ALL, LC_MESSAGES, LANG
  bool wants_json = false;
};
FirstWords first_words(int argc, char** argv);

/// The words after the program's name. Options are spelled with hyphens, and underscores do as
/// well:
/// --time_limit_s=3 becomes --time-limit-s=3. Values, and what follows "--", stay as they are.
std::vector<std::string> with_hyphens(int argc, char** argv);

}  // namespace fulcrum::cli
