// base/text_reader.h and data/event_table.h: CSV of any shape.
#include <algorithm>

#include "base/text_reader.h"
#include "data/event_table.h"
#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"

namespace {

using namespace fulcrum;
using Records = std::vector<std::vector<std::string>>;

Records read(const std::string& path, char delimiter, bool& is_good) {
  auto reader = base::CsvReader::open(path, delimiter);
  fuzz::must(reader.has_value(), "the file opens");
  Records records;
  std::vector<std::string> fields;
  for (;;) {
    const auto more = reader->next(fields);
    if (more && !*more) return records;
    is_good = is_good && more;
    if (more) {
      fuzz::must(!fields.empty(), "a record has a field");
      records.push_back(fields);
    }
  }
}

std::string write(const Records& records, char delimiter) {
  std::string text;
  for (const auto& fields : records) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) text += delimiter;
      text += '"';
      for (const char c : fields[i]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace

FUZZ(csv) {
  const fuzz::MemoryFile file(input);
  const auto delimiter = base::guess_delimiter(file.path());
  fuzz::must(delimiter.has_value(), "a delimiter is always guessed");
  bool is_good = true;
  const Records records = read(file.path(), *delimiter, is_good);
  if (is_good) {
    const fuzz::MemoryFile copy(write(records, *delimiter));
    fuzz::must(read(copy.path(), *delimiter, is_good) == records && is_good,
               "records that are written and read stay the same");
  }
  auto table = data::read_events({{file.path(), "rows.csv"}});
  if (!table) return;
  fuzz::must(table->rows() + table->bad_lines.size() <=
                 static_cast<std::size_t>(
                     1 + std::count_if(input.begin(), input.end(),
                                       [](char c) { return c == '\n' || c == '\r'; })),
             "no more rows than lines");
  if (data::find_roles(*table, {}))
    fuzz::must(table->time_us.size() == table->rows(), "every row has a time or none");
}
