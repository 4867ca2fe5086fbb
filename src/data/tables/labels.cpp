#include "data/tables/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "data/column_profile.h"
#include "data/tables/values.h"

namespace fulcrum::data::tables {

namespace {

struct Reader {
  const Table& listed;
  const Table& table;

  base::Failure mistake(std::size_t line, std::string message) const {
    return base::usage("table.labels", std::move(message),
                       fmt::format("{}:{}", listed.name, line + 2),
                       "columns row,column,is_error[,value], or row and columns of the table");
  }

  base::Result<std::uint32_t> row(std::string_view text, std::size_t line) const {
    std::uint32_t number = 0;
    text = trim_unicode(text);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
      return mistake(line, fmt::format("{} is no row number", text));
    if (number >= table.rows())
      return mistake(line, fmt::format("row {} is behind the last one, {}", number,
                                       static_cast<std::int64_t>(table.rows()) - 1));
    return number;
  }

  base::Result<bool> truth(std::string_view text, std::size_t line) const {
    if (text == "1") return true;
    if (text == "0") return false;
    if (const auto value = parse_boolean(text)) return *value;
    return mistake(line, fmt::format("is_error is 1 or 0, not {}", text));
  }

  Label compared(std::uint32_t row, std::size_t column, std::string_view value) const {
    return {row, static_cast<std::uint32_t>(column), table.columns[column].at(row) != value,
            std::string(value)};
  }

  base::Result<std::vector<Label>> cells(std::size_t row_at, std::size_t column_at,
                                         std::optional<std::size_t> error_at,
                                         std::optional<std::size_t> value_at) const {
    std::vector<Label> labels;
    for (std::size_t line = 0; line < listed.rows(); ++line) {
      TRY(const std::uint32_t row_number, row(listed.columns[row_at].at(line), line));
      TRY(const std::size_t column, need_column(table, listed.columns[column_at].at(line),
                                                fmt::format("{}:{}", listed.name, line + 2)));
      Label label{row_number, static_cast<std::uint32_t>(column), false, {}};
      if (value_at) label = compared(row_number, column, listed.columns[*value_at].at(line));
      if (error_at) {
        TRY(label.is_error, truth(listed.columns[*error_at].at(line), line));
        // "wrong", and nothing better known
        if (label.is_error && label.value == table.columns[column].at(row_number))
          label.value.reset();
        if (!label.is_error) label.value.reset();
      }
      labels.push_back(std::move(label));
    }
    return labels;
  }

  base::Result<std::vector<Label>> rows(std::size_t row_at) const {
    std::vector<std::size_t> columns(listed.columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i == row_at) continue;
      TRY(columns[i], need_column(table, listed.columns[i].name, listed.name + ":1"));
    }
    std::vector<Label> labels;
    for (std::size_t line = 0; line < listed.rows(); ++line) {
      TRY(const std::uint32_t row_number, row(listed.columns[row_at].at(line), line));
      for (std::size_t i = 0; i < columns.size(); ++i)
        if (i != row_at)
          labels.push_back(compared(row_number, columns[i], listed.columns[i].at(line)));
    }
    return labels;
  }
};

}  // namespace

base::Result<std::vector<Label>> labels_of(const Table& listed, const Table& table) {
  const Reader reader{listed, table};
  const auto row_at = listed.find("row");
  if (!row_at) return reader.mistake(0, "there is no column row");
  const auto column_at = listed.find("column"), error_at = listed.find("is_error"),
             value_at = listed.find("value");
  const bool is_cells = column_at && (error_at || value_at);
  TRY(std::vector<Label> labels,
      is_cells ? reader.cells(*row_at, *column_at, error_at, value_at) : reader.rows(*row_at));
  std::reverse(labels.begin(), labels.end());
  const auto cell = [](const Label& label) { return std::pair(label.row, label.column); };
  std::stable_sort(labels.begin(), labels.end(),
                   [&](const Label& a, const Label& b) { return cell(a) < cell(b); });
  labels.erase(std::unique(labels.begin(), labels.end(),
                           [&](const Label& a, const Label& b) { return cell(a) == cell(b); }),
               labels.end());
  return labels;
}

base::Result<std::vector<Label>> read_labels(const std::filesystem::path& path,
                                             const Table& table) {
  TRY(const Table listed, read_table(path));
  return labels_of(listed, table);
}

}  // namespace fulcrum::data::tables
