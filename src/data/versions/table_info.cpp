#include "data/versions/table_info.h"

#include <algorithm>

namespace fulcrum::data::versions {

namespace json = base::json;

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMaxColumns = 20'000;  // more names than this are values, not columns

}  // namespace

json::object table_json(const TableInfo& info) {
  json::array columns, key;
  for (const auto& column : info.columns)
    columns.push_back(json::object{{"name", column.name},
                                   {"type", json::string(type_name(column.type))},
                                   {"gaps", column.has_gaps}});
  for (const auto& name : info.key) key.push_back(json::string(name));
  json::object object{{"format", info.records == Records::kCsv ? "csv" : "jsonl"}};
  if (info.records == Records::kCsv) object["delimiter"] = std::string(1, info.delimiter);
  object["key"] = std::move(key);
  object["columns"] = std::move(columns);
  return object;
}

std::string encode_table(const TableInfo& info) {
  return base::to_text(table_json(info));
}

std::optional<TableInfo> decode_table(std::string_view text) {
  const auto value = base::parse_json(text, "table");
  if (!value || !value->is_object()) return std::nullopt;
  TableInfo info;
  info.records = base::get_string(*value, "format") == "csv" ? Records::kCsv : Records::kLines;
  const std::string delimiter = base::get_string(*value, "delimiter", ",");
  if (delimiter.size() == 1) info.delimiter = delimiter[0];
  if (const auto* key = base::find_path(*value, "key"); key && key->is_array())
    for (const auto& name : key->get_array())
      if (name.is_string()) info.key.emplace_back(name.get_string());
  if (const auto* columns = base::find_path(*value, "columns"); columns && columns->is_array())
    for (const auto& column : columns->get_array())
      info.columns.push_back(
          {base::get_string(column, "name"),
           type_of_name(base::get_string(column, "type")).value_or(CellType::kNone),
           base::get_bool(column, "gaps")});
  if (encode_table(info) != text) return std::nullopt;
  return info;
}

Records records_of_name(std::string_view path) {
  if (path.ends_with(".csv") || path.ends_with(".tsv")) return Records::kCsv;
  if (path.ends_with(".jsonl") || path.ends_with(".ndjson")) return Records::kLines;
  return Records::kNone;
}

char delimiter_of(std::string_view first_record) {
  char best = ',';
  std::ptrdiff_t most = 0;
  for (const char delimiter : {',', '\t', ';'}) {
    bool is_open = false;
    std::ptrdiff_t count = 0;
    for (const char c : first_record) {
      if (c == '"') is_open = !is_open;
      count += !is_open && c == delimiter;
    }
    if (count > most) {
      most = count;
      best = delimiter;
    }
  }
  return best;
}

bool SchemaCounter::set_header(std::string_view record) {
  if (record.starts_with(kByteOrderMark)) record.remove_prefix(kByteOrderMark.size());
  if (!split_csv(record, delimiter_, fields_) || fields_.size() > kMaxColumns) return false;
  cells_.clear();
  for (const auto field : fields_) cells_.push_back({{csv_text(field), CellType::kNone, false}, 0});
  return true;
}

void SchemaCounter::add(std::string_view bytes) {
  while (const auto record = take_record(bytes, records_)) {
    ++count_;
    if (records_ == Records::kCsv)
      add_csv(*record);
    else
      add_json(*record);
  }
}

void SchemaCounter::add_csv(std::string_view record) {
  if (!split_csv(record, delimiter_, fields_) || fields_.size() != cells_.size()) {
    ++misfits_;
    return;
  }
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const CellType type = csv_type(fields_[i]);
    cells_[i].present += type != CellType::kNone;
    cells_[i].column.type = wider(cells_[i].column.type, type);
  }
}

void SchemaCounter::add_json(std::string_view record) {
  if (!split_json(record, members_)) {
    ++misfits_;
    return;
  }
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const auto& [name, value] = members_[i];
    // Rows mostly have the same members in the same order.
    Cells* cells = i < cells_.size() && cells_[i].column.name == name ? &cells_[i] : nullptr;
    if (!cells)
      for (auto& known : cells_)
        if (known.column.name == name) cells = &known;
    if (!cells) {
      if (cells_.size() == kMaxColumns) continue;
      cells = &cells_.emplace_back(Cells{{std::string(name), CellType::kNone, false}, 0});
    }
    const CellType type = json_type(value);
    cells->present += type != CellType::kNone;
    cells->column.type = wider(cells->column.type, type);
  }
}

void SchemaCounter::merge(const SchemaCounter& other) {
  count_ += other.count_;
  misfits_ += other.misfits_;
  for (std::size_t i = 0; i < other.cells_.size(); ++i) {
    const auto& cells = other.cells_[i];
    Cells* mine = nullptr;
    if (records_ == Records::kCsv) {
      if (i < cells_.size()) mine = &cells_[i];
    } else {
      for (auto& known : cells_)
        if (known.column.name == cells.column.name) mine = &known;
    }
    if (!mine) {
      cells_.push_back(cells);
      continue;
    }
    mine->present += cells.present;
    mine->column.type = wider(mine->column.type, cells.column.type);
  }
}

SchemaCounter SchemaCounter::empty_copy() const {
  SchemaCounter copy(records_, delimiter_);
  if (records_ == Records::kCsv)
    for (const auto& cells : cells_) copy.cells_.push_back({{cells.column.name}, 0});
  return copy;
}

std::vector<TableColumn> SchemaCounter::columns() const {
  std::vector<TableColumn> columns;
  for (const auto& cells : cells_) {
    columns.push_back(cells.column);
    columns.back().has_gaps = cells.present < count_ - misfits_;
  }
  if (records_ == Records::kLines)
    std::sort(columns.begin(), columns.end(),
              [](const TableColumn& a, const TableColumn& b) { return a.name < b.name; });
  return columns;
}

}  // namespace fulcrum::data::versions
