#pragma once
// One way to write a text: composed characters, no invisible ones, LF, plain blanks.
#include <optional>
#include <string>
#include <string_view>

namespace fulcrum::data::text {

/// Unicode's normalisation form C (UAX 15); nothing where the text has it.
std::optional<std::string> to_nfc(std::string_view text);

struct CharacterRepairs {
  bool line_ends = true;  // CRLF, CR, U+0085, U+2028 and U+2029 become LF
  bool controls = true;   // C0 but tab, LF and CR; DEL; C1; noncharacters go
  bool zero_width =
      true;            // U+200B, U+2060, U+FEFF, U+00AD go; the joiners of scripts and emoji stay
  bool blanks = true;  // blanks of any width become a space; those before a line end go, and of
                       // empty lines two stay
};

/// Which of them did something is set in `done`; nothing where none did.
std::optional<std::string> repair_characters(std::string_view text, const CharacterRepairs& wanted,
                                             CharacterRepairs& done);

}  // namespace fulcrum::data::text
