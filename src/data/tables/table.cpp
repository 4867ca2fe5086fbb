#include "data/tables/table.h"

#include <fmt/format.h>

#include <functional>

#include "base/spelling.h"
#include "base/text_reader.h"

namespace fulcrum::data::tables {

namespace {

std::size_t hash_of(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

base::Status read_header(base::CsvReader& reader, Table& table) {
  std::vector<std::string> fields;
  TRY(const bool more, reader.next(fields));
  if (!more || (fields.size() == 1 && fields[0].empty()))
    return base::usage("table.header", "the table has no header", table.name + ":1",
                       "the first line names the columns");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].empty())
      return base::usage("table.header", fmt::format("column {} has no name", i + 1),
                         table.name + ":1", "name it in the first line");
    if (table.find(fields[i]))
      return base::usage("table.header", fmt::format("two columns are called {}", fields[i]),
                         table.name + ":1", "rename one");
    table.columns.emplace_back(fields[i]);
  }
  return {};
}

}  // namespace

std::optional<Code> Column::find(std::string_view text) const {
  if (slots_.empty()) return std::nullopt;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash_of(text) & mask; slots_[at] != kNoCode; at = (at + 1) & mask)
    if (value(slots_[at]) == text) return slots_[at];
  return std::nullopt;
}

void Column::grow() {
  slots_.assign(std::max<std::size_t>(16, slots_.size() * 2), kNoCode);
  const std::size_t mask = slots_.size() - 1;
  for (Code code = 0; code < ends_.size(); ++code) {
    std::size_t at = hash_of(value(code)) & mask;
    while (slots_[at] != kNoCode) at = (at + 1) & mask;
    slots_[at] = code;
  }
}

Code Column::code_of(std::string_view text) {
  if ((ends_.size() + 1) * 2 > slots_.size()) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash_of(text) & mask;
  for (; slots_[at] != kNoCode; at = (at + 1) & mask)
    if (value(slots_[at]) == text) return slots_[at];
  const auto code = static_cast<Code>(ends_.size());
  slots_[at] = code;
  bytes_ += text;
  ends_.push_back(bytes_.size());
  counts_.push_back(0);
  return code;
}

void Column::add(std::string_view text) {
  const Code code = code_of(text);
  ++counts_[code];
  codes.push_back(code);
}

void Column::set(std::size_t row, std::string_view text) {
  const Code code = code_of(text);
  --counts_[codes[row]];
  ++counts_[code];
  codes[row] = code;
}

std::size_t Column::bytes() const {
  return codes.capacity() * sizeof(Code) + bytes_.capacity() + ends_.capacity() * 8 +
         counts_.capacity() * 4 + slots_.capacity() * 4;
}

std::optional<std::size_t> Table::find(std::string_view column) const {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == column) return i;
  return std::nullopt;
}

base::Result<Table> read_table(const std::filesystem::path& path) {
  TRY(const char delimiter, base::guess_delimiter(path));
  TRY(base::CsvReader reader, base::CsvReader::open(path, delimiter));
  Table table;
  table.name = path.filename().string();
  CHECK_OK(read_header(reader, table));
  std::vector<std::string> fields;
  for (;;) {
    TRY(const bool more, reader.next(fields));
    if (!more) break;
    // A line without anything between rows; in a table of one column it is an empty cell.
    if (fields.size() == 1 && fields[0].empty() && table.columns.size() > 1) continue;
    if (fields.size() != table.columns.size())
      table.ragged.push_back({table.rows(), fields.size()});
    if (table.rows() >= kNoCode - 1)
      return base::failed("table.too_large", fmt::format("{} has too many rows", table.name));
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      table.columns[i].add(i < fields.size() ? std::string_view(fields[i]) : std::string_view());
  }
  if (!reader.damaged().empty())
    return base::failed("table.damaged", fmt::format("{}: {}", table.name, reader.damaged()),
                        "fetch the file again");
  return table;
}

Table empty_like(const Table& table) {
  Table copy;
  copy.name = table.name;
  for (const Column& column : table.columns) copy.columns.emplace_back(column.name);
  return copy;
}

std::string csv_line(const std::vector<std::string_view>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    const bool lonely = fields.size() == 1 && fields[i].empty();
    if (!lonely && fields[i].find_first_of(",\"\r\n") == std::string_view::npos) {
      line += fields[i];
      continue;
    }
    line += '"';
    for (const char c : fields[i]) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line + '\n';
}

std::string to_csv(const Table& table) {
  std::vector<std::string_view> fields;
  for (const Column& column : table.columns) fields.push_back(column.name);
  std::string text = csv_line(fields);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = table.columns[i].at(row);
    text += csv_line(fields);
  }
  return text;
}

base::Result<std::size_t> need_column(const Table& table, std::string_view name,
                                      std::string_view field) {
  if (const auto found = table.find(name)) return *found;
  std::vector<std::string_view> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  const std::string nearest = base::nearest(name, names);
  return base::usage("table.column", fmt::format("the table has no column {}", name),
                     std::string(field),
                     nearest.empty() ? "name a column of its first line"
                                     : fmt::format("did you mean {}?", nearest));
}

}  // namespace fulcrum::data::tables
