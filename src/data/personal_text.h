#pragma once
// Personal data in free text. A recogniser is one function and one line in recognisers.def.
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::data {

struct Finding {
  std::size_t begin = 0, size = 0;  // bytes
};

struct Redaction {
  std::string text;                     // findings replaced by "[email]", "[phone]", …
  std::vector<std::string_view> kinds;  // one entry per finding
};
/// Pure and idempotent: redacting twice changes nothing more.
Redaction redact(std::string_view text);

/// Check functions, for tests with independent vectors.
bool passes_luhn(std::string_view digits);
bool is_cn_resident_id(std::string_view text);  // 18 characters
bool is_iban(std::string_view text);            // without spaces, upper case

#define RECOGNISER(function, name, summary) std::vector<Finding> function(std::string_view text);
#include "data/recognisers.def"
#undef RECOGNISER

}  // namespace fulcrum::data
