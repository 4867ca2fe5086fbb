#pragma once
// Rows of delimited text (RFC 4180) in memory, by base::CsvReader's rules: a quote counts where it
// begins a field; quoted fields may hold the delimiter, quotes ("") and line ends; a line ends with
// LF, CRLF or a lone CR.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::data {

struct CsvField {
  std::string_view raw;  // without the quotes around it
  bool is_quoted = false;
  bool has_quotes = false;  // quotes inside, each still written twice
};

enum class CsvEnd : std::uint8_t {
  kWhole,     // a line end follows the row
  kAtEnd,     // the bytes end, perhaps in the middle of the row
  kOpen,      // the bytes end inside quotes
  kBadQuote,  // text behind a closing quote; the row ends at that line's end
};

/// Walks over the row at `at`, which moves behind it and its line end. `fields`: nullptr, or what
/// gets the row's fields.
CsvEnd walk_csv_row(std::string_view bytes, char delimiter, std::size_t& at,
                    std::vector<CsvField>* fields);

/// How many leading bytes are whole rows; `bytes` starts with a row.
std::size_t cut_csv(std::string_view bytes, char delimiter);

/// Of ',', ';' and tab the one that the first line holds most often outside quotes.
char guess_csv_delimiter(std::string_view bytes);

/// `raw` with its doubled quotes made single.
std::string unquoted(std::string_view raw);
/// Appends one value, in quotes where it needs them.
void append_csv_value(std::string_view value, char delimiter, std::string& out);

}  // namespace fulcrum::data
