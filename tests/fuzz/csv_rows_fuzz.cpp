// data/records/csv_rows.h: rows of CSV, and where a file of them may be cut.
#include "data/records/csv_rows.h"

#include "data/records/format.h"
#include "fuzz/fuzz.h"

namespace {

using namespace fulcrum;

std::vector<std::string> read(std::string_view head, std::string_view bytes) {
  const auto format = data::make_csv_format();
  const auto parser = format->parser();
  data::Piece piece;
  piece.bytes = std::string(bytes) + std::string(64, '\0');
  piece.size = bytes.size();
  piece.head = head;
  parser->start(piece);
  std::vector<std::string> records;
  data::Record record;
  for (data::RecordPlace place;;) {
    const auto any = parser->next(record, place);
    if (any && !*any) return records;
    if (any) record.append_json(records.emplace_back());
  }
}

}  // namespace

FUZZ(csv_rows) {
  const auto format = data::make_csv_format();
  const auto head_bytes = format->head_bytes(input, true);
  if (!head_bytes) return;
  fuzz::must(head_bytes->has_value() && **head_bytes <= input.size(), "a whole file has a head");
  const auto head = input.substr(0, **head_bytes), body = input.substr(**head_bytes);
  const auto all = read(head, body);
  // Half of the file first, cut as a reader of pieces cuts it.
  const auto cut = format->cut(head, body.substr(0, body.size() / 2), 0, false);
  fuzz::must(cut <= body.size() / 2, "a cut lies in the bytes");
  auto parts = read(head, body.substr(0, cut));
  for (auto& record : read(head, body.substr(cut))) parts.push_back(std::move(record));
  fuzz::must(parts == all, "pieces hold the records of the whole");
  std::string written;
  const char delimiter = data::guess_csv_delimiter(head);
  data::append_csv_value(body, delimiter, written);
  std::vector<data::CsvField> fields;
  std::size_t at = 0;
  data::walk_csv_row(written, delimiter, at, &fields);
  fuzz::must(fields.size() == 1 && data::unquoted(fields[0].raw) == body, "a value stays itself");
}
