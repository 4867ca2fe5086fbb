#include "data/event_table.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "base/clock.h"
#include "base/text_reader.h"

namespace fulcrum::data {

namespace json = base::json;

std::uint32_t TextPool::intern(std::string_view text) {
  const auto [found, fresh] =
      ids_.try_emplace(std::string(text), static_cast<std::uint32_t>(texts_.size()));
  if (fresh) texts_.push_back(&found->first);
  return found->second;
}

std::optional<std::uint32_t> TextPool::find(std::string_view text) const {
  const auto found = ids_.find(std::string(text));
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

int EventTable::column(std::string_view name) const {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == name) return static_cast<int>(i);
  return -1;
}

std::string_view EventTable::text(int column, std::size_t row) const {
  if (column < 0) return {};
  const Column& cells = columns[static_cast<std::size_t>(column)];
  return cells.kinds[row] == CellKind::kText ? texts[cells.texts[row]] : std::string_view{};
}

std::optional<double> EventTable::number(int column, std::size_t row) const {
  if (column < 0) return std::nullopt;
  const Column& cells = columns[static_cast<std::size_t>(column)];
  if (cells.kinds[row] == CellKind::kNumber) return cells.numbers[row];
  if (cells.kinds[row] != CellKind::kText) return std::nullopt;
  const std::string copy(texts[cells.texts[row]]);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (copy.empty() || end != copy.c_str() + copy.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

json::value EventTable::cell(std::size_t column, std::size_t row) const {
  const Column& cells = columns[column];
  switch (cells.kinds[row]) {
    case CellKind::kText:
      return json::string(texts[cells.texts[row]]);
    case CellKind::kNumber: {
      const double value = cells.numbers[row];
      if (value == std::floor(value) && std::abs(value) < 9e15)
        return static_cast<std::int64_t>(value);
      return value;
    }
    case CellKind::kBool:
      return cells.numbers[row] != 0;
    case CellKind::kNested: {
      auto value = base::parse_json(texts[cells.texts[row]], cells.name);
      return value ? *value : json::value(nullptr);
    }
    default:
      return nullptr;
  }
}

json::object EventTable::row(std::size_t row) const {
  json::object object;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].kinds[row] != CellKind::kAbsent) object[columns[i].name] = cell(i, row);
  return object;
}

void EventTable::set_text(int column, std::size_t row, std::string_view text) {
  Column& cells = columns[static_cast<std::size_t>(column)];
  cells.kinds[row] = CellKind::kText;
  cells.texts[row] = texts.intern(text);
}

void EventTable::set_number(int column, std::size_t row, double number) {
  Column& cells = columns[static_cast<std::size_t>(column)];
  cells.kinds[row] = CellKind::kNumber;
  cells.numbers[row] = number;
}

namespace {

class Builder {
 public:
  explicit Builder(EventTable& table) : table_(table) {}

  void begin_row(std::uint32_t file, std::int64_t line) {
    table_.file.push_back(file);
    table_.line.push_back(line);
    for (auto& column : table_.columns) grow(column);
  }
  Column& column(std::string_view name) {
    const auto [found, fresh] = names_.try_emplace(std::string(name), table_.columns.size());
    if (fresh) {
      table_.columns.push_back({std::string(name), {}, {}, {}});
      grow(table_.columns.back());
    }
    return table_.columns[found->second];
  }
  void put(std::string_view name, const json::value& value) {
    Column& cells = column(name);
    if (value.is_null()) {
      cells.kinds.back() = CellKind::kNull;
    } else if (value.is_string()) {
      put_text(cells, std::string_view(value.get_string()));
    } else if (value.is_bool()) {
      cells.kinds.back() = CellKind::kBool;
      cells.numbers.back() = value.get_bool() ? 1 : 0;
    } else if (value.is_number()) {
      cells.kinds.back() = CellKind::kNumber;
      cells.numbers.back() = value.to_number<double>();
    } else {
      cells.kinds.back() = CellKind::kNested;
      cells.texts.back() = table_.texts.intern(base::to_text(value));
    }
  }
  void put_text(Column& cells, std::string_view text) {
    cells.kinds.back() = CellKind::kText;
    cells.texts.back() = table_.texts.intern(text);
  }
  void bad_line(std::uint32_t file, std::int64_t line, std::string_view text, std::string reason) {
    table_.bad_lines.push_back({file, line, std::string(text.substr(0, 200)), std::move(reason)});
  }
  bool has_room() const { return table_.columns.size() < kMaxColumns; }
  bool known(std::string_view name) const { return names_.contains(std::string(name)); }

 private:
  static constexpr std::size_t kMaxColumns = 200;  // a file of random keys must not eat the memory
  void grow(Column& column) {
    column.kinds.resize(table_.rows(), CellKind::kAbsent);
    column.texts.resize(table_.rows(), 0);
    column.numbers.resize(table_.rows(), 0);
  }
  EventTable& table_;
  std::unordered_map<std::string, std::size_t> names_;
};

void read_line(Builder& builder, std::uint32_t file, std::int64_t number, const std::string& line) {
  if (line.find_first_not_of(" \t\r") == std::string::npos) return;  // blank: nothing was lost
  auto value = base::parse_json(line, "line");
  if (!value) return builder.bad_line(file, number, line, value.error().message);
  if (!value->is_object()) return builder.bad_line(file, number, line, "not a JSON object");
  builder.begin_row(file, number);
  for (const auto& member : value->get_object())
    if (builder.known(member.key()) || builder.has_room())
      builder.put(member.key(), member.value());
}

base::Status read_jsonl(Builder& builder, std::uint32_t index, const ListedFile& file) {
  TRY(base::LineReader reader, base::LineReader::open(file.path));
  for (std::string line; reader.next(line);) {
    if (reader.is_cut()) {
      builder.bad_line(index, reader.line_number(), line, "longer than 16 MiB");
    } else {
      read_line(builder, index, reader.line_number(), line);
    }
  }
  if (!reader.damaged().empty())
    builder.bad_line(index, reader.line_number() + 1, "",
                     "the file breaks off: " + reader.damaged());
  return {};
}

base::Status read_csv(Builder& builder, std::uint32_t index, const ListedFile& file) {
  TRY(const char delimiter, base::guess_delimiter(file.path));
  TRY(base::CsvReader reader, base::CsvReader::open(file.path, delimiter));
  std::vector<std::string> header, fields;
  TRY(const bool any, reader.next(header));
  while (any) {
    auto more = reader.next(fields);
    if (!more) {
      builder.bad_line(index, reader.line_number(), "", more.error().message);
      continue;
    }
    if (!*more) break;
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (fields.size() != header.size()) {
      builder.bad_line(index, reader.line_number(), fmt::format("{}", fmt::join(fields, ",")),
                       fmt::format("{} columns, the header has {}", fields.size(), header.size()));
      continue;
    }
    builder.begin_row(index, reader.line_number());
    for (std::size_t i = 0; i < header.size(); ++i) {
      Column& cells = builder.column(header[i]);
      if (fields[i].empty()) {
        cells.kinds.back() = CellKind::kNull;
      } else {
        builder.put_text(cells, fields[i]);
      }
    }
  }
  if (!reader.damaged().empty())
    builder.bad_line(index, reader.line_number() + 1, "",
                     "the file breaks off: " + reader.damaged());
  return {};
}

bool has_extension(std::string name, std::string_view extension) {
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name.ends_with(extension);
}

constexpr std::string_view kUsualNames[][6] = {
    {"user", "user_id", "userId", "uid", "visitor", "customer"},
    {"item", "item_id", "itemId", "product", "product_id", "movieId"},
    {"time", "timestamp", "ts", "time_us", "datetime", "event_time"},
    {"event_id", "eventId", "id", "uuid", "", ""},
    {"session", "session_id", "sessionId", "sid", "", ""},
    {"event", "action", "event_type", "type", "", ""},
    {"dwell_s", "dwell", "duration_s", "duration", "", ""},
    {"price", "price_usd", "amount", "", "", ""},
    {"agent", "user_agent", "userAgent", "ua", "", ""},
};

std::int64_t read_time(const EventTable& table, std::size_t row) {
  const auto text = table.text(table.time, row);
  if (!text.empty())
    if (const auto time = base::parse_iso_time(text)) return *time;
  const auto number = table.number(table.time, row);
  if (!number || *number < 0) return EventTable::kNoTime;
  const double scale = *number < 1e11 ? 1e6 : *number < 1e14 ? 1e3 : 1;
  return *number * scale < 9e18 ? static_cast<std::int64_t>(*number * scale) : EventTable::kNoTime;
}

/// Ids written as numbers become text: one kind of key for every comparison.
void keys_as_text(EventTable& table, int index) {
  if (index < 0) return;
  Column& cells = table.columns[static_cast<std::size_t>(index)];
  std::size_t numbers = 0, texts = 0;
  for (const auto kind : cells.kinds) {
    numbers += kind == CellKind::kNumber;
    texts += kind == CellKind::kText;
  }
  if (numbers <= texts) return;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (cells.kinds[row] == CellKind::kNumber)
      table.set_text(index, row, fmt::format("{}", cells.numbers[row]));
}

}  // namespace

base::Result<EventTable> read_events(const std::vector<ListedFile>& files) {
  EventTable table;
  Builder builder(table);
  for (const auto& file : files) {
    const auto index = static_cast<std::uint32_t>(table.files.size());
    table.files.push_back(file.name);
    const bool csv = has_extension(file.name, ".csv") || has_extension(file.name, ".tsv");
    CHECK_OK(csv ? read_csv(builder, index, file) : read_jsonl(builder, index, file));
  }
  return table;
}

base::Status find_roles(EventTable& table, const FieldRoles& fields) {
  int* const roles[] = {&table.user,  &table.item,    &table.time,  &table.event_id, &table.session,
                        &table.event, &table.dwell_s, &table.price, &table.agent};
  const std::string* const named[] = {&fields.user,     &fields.item,    &fields.time,
                                      &fields.event_id, &fields.session, &fields.event,
                                      &fields.dwell_s,  &fields.price,   &fields.agent};
  for (std::size_t i = 0; i < std::size(roles); ++i) {
    if (!named[i]->empty()) {
      *roles[i] = table.column(*named[i]);
      if (*roles[i] < 0 && table.rows() > 0)
        return base::usage("clean.role", fmt::format("no row has a column \"{}\"", *named[i]),
                           fmt::format("cleaning.fields.{}", kUsualNames[i][0]),
                           "name a column that the rows have");
      continue;
    }
    for (const auto name : kUsualNames[i])
      if (*roles[i] < 0 && !name.empty()) *roles[i] = table.column(name);
  }
  if (table.rows() > 0 && (table.user < 0 || table.item < 0 || table.time < 0))
    return base::usage("clean.role", "the columns for user, item and time cannot be told by name",
                       "cleaning.fields", "name them: fields: {user: …, item: …, time: …}");
  for (const int key : {table.user, table.item, table.event_id, table.session})
    keys_as_text(table, key);
  table.time_us.resize(table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) table.time_us[row] = read_time(table, row);
  return {};
}

}  // namespace fulcrum::data
