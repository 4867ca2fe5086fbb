#pragma once
// Personal data in free text. A recogniser is one file and one line in recognisers.def.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::data {

struct Finding {
  std::size_t begin = 0, size = 0;  // bytes
};

enum class RedactionStyle : std::uint8_t {
  kLabel,  // "[email]"
  kMask,   // letters and digits become '*', other characters stay
  kHash,   // "[email:mfbkaocdphgilnje]": equal findings have equal hashes under one salt
};

struct Redaction {
  std::string text;
  std::vector<std::string_view> kinds;  // one entry per finding
};

/// Pure and thread-safe; redacting twice with the same settings changes nothing more.
class Redactor {
 public:
  /// Every kind, labels.
  Redactor();
  /// `kinds`: names of recognisers.def, known ones (see redaction_kinds()). `salt`: of kHash.
  Redactor(const std::vector<std::string>& kinds, RedactionStyle style, std::string salt);

  Redaction redact(std::string_view text) const;

 private:
  bool replace(std::string& text, std::size_t kind, std::vector<std::string_view>& kinds) const;
  void append(std::string_view found, std::string_view kind, std::string& out) const;

  std::vector<bool> wanted_;  // by place in recognisers.def
  RedactionStyle style_ = RedactionStyle::kLabel;
  std::string salt_;
};

/// Every kind by its label.
Redaction redact(std::string_view text);

/// In the order of recognisers.def.
std::vector<std::string_view> redaction_kinds();

/// Check functions, for tests with independent vectors.
bool passes_luhn(std::string_view digits);
bool is_card_number(std::string_view digits);   // an issuer's prefix and length, and Luhn
bool is_cn_resident_id(std::string_view text);  // 18 characters
bool is_iban(std::string_view text);            // without spaces, upper case
bool is_passport_line(std::string_view text);   // 44 characters: the second line, ICAO 9303-4
bool is_public_ipv4(std::string_view text);
bool is_public_ipv6(std::string_view text);

#define RECOGNISER(function, name, summary) std::vector<Finding> function(std::string_view text);
#include "data/personal/recognisers.def"
#undef RECOGNISER

}  // namespace fulcrum::data
