#pragma once
// What a single cell's text may be: a quantity, a moment, a yes or no, nothing. Pure functions.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fulcrum::data::tables {

/// "12 oz", "$3.50", "5 %", "1,234.5", "-1e3". Views are into the parsed text.
struct Quantity {
  double number = 0;
  int decimals = 0;           // digits after the point, 0 for an exponent
  bool grouped = false;       // thousands have commas
  bool leading_zero = false;  // "007": more likely a code than a number
  std::string_view digits;    // the number as written
  std::string_view before;    // "$", without spaces around
  std::string_view after;     // "oz"
  std::string unit() const { return std::string(before) + std::string(after); }
};
/// At most 24 bytes of unit behind and 4 before, none of them a digit.
std::optional<Quantity> parse_quantity(std::string_view text);

enum class MomentKind { kDate, kTime, kDateTime };
struct Moment {
  MomentKind kind = MomentKind::kDate;
  /// Seconds since 1970-01-01T00:00Z, of a time since midnight; nothing where day and month, or the
  /// year, cannot be told.
  std::optional<double> seconds;
};
/// "2026-10-31", "31/10/2026 09:30", "Oct 31, 2026", "7:10 a.m.", "20261031T0930Z" and the like.
std::optional<Moment> parse_moment(std::string_view text);

/// yes/no, true/false, y/n, t/f, in any case. 0 and 1 are numbers.
std::optional<bool> parse_boolean(std::string_view text);

/// Words that people write for "nothing" beside the empty cell: N/A, null, none, unknown, -, …
bool is_missing_word(std::string_view text);

/// Character classes of a text, runs collapsed: 'A' upper, 'a' lower, 'w' other letters, '9'
/// digits, ' ' spaces, every other character itself. "12.0 oz." -> "9.9 a.".
std::string pattern_of(std::string_view text);
/// The same with lengths of digit runs: "35233" -> "9{5}". Letters stay collapsed.
std::string sized_pattern_of(std::string_view text);

}  // namespace fulcrum::data::tables
