// data/event_table.h: logs of JSON lines.
#include <algorithm>

#include "data/event_table.h"
#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"

namespace {

using namespace fulcrum;

std::string rows_of(const data::EventTable& table) {
  std::string text;
  for (std::size_t row = 0; row < table.rows(); ++row) text += base::to_text(table.row(row)) + "\n";
  return text;
}

}  // namespace

FUZZ(jsonl) {
  const fuzz::MemoryFile file(input);
  auto table = data::read_events({{file.path(), "events.jsonl"}});
  fuzz::must(table.has_value(), "no line of a log stops the reading");
  fuzz::must(table->rows() + table->bad_lines.size() <=
                 static_cast<std::size_t>(std::count(input.begin(), input.end(), '\n') + 2),
             "no more rows than lines");
  for (const auto& column : table->columns)
    fuzz::must(column.kinds.size() == table->rows(), "columns are as long as the table");
  const std::string once = rows_of(*table);
  const fuzz::MemoryFile copy(once);
  const auto again = data::read_events({{copy.path(), "events.jsonl"}});
  fuzz::must(again && again->bad_lines.empty() && again->rows() == table->rows(),
             "rows that are written can be read");
  fuzz::must(fuzz::has_inexact_number(once) || rows_of(*again) == once,
             "rows that are written and read stay the same");
  (void)data::find_roles(*table, {}).has_value();
}
