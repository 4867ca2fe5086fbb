#pragma once
// A glance at the command line before it is parsed: the language of the help texts and the group of
// commands whose options are worth building depend on it.
#include <string>

namespace fulcrum::cli {

struct FirstWords {
  std::string command;     // first word that is no option: "note"
  std::string subcommand;  // the next one: "add"
  std::string language;    // --lang, else LC_ALL, LC_MESSAGES, LANG
  bool wants_json = false;
};
FirstWords first_words(int argc, char** argv);

}  // namespace fulcrum::cli
