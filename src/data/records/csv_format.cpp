#include "data/records/csv_format.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <deque>

#include "base/text_reader.h"
#include "data/records/csv_rows.h"

namespace fulcrum::data {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr const char* kQuoteFix = "double a quote that belongs to the text";

std::string_view without_mark(std::string_view head) {
  if (head.starts_with(kByteOrderMark)) head.remove_prefix(kByteOrderMark.size());
  return head;
}

char delimiter_of(char fixed, std::string_view head) {
  return fixed != 0 ? fixed : guess_csv_delimiter(without_mark(head));
}

std::string value_of(const CsvField& field) {
  return field.has_quotes ? unquoted(field.raw) : std::string(field.raw);
}

base::Failure head_error(std::string code, std::string message, std::string fix) {
  return base::usage(std::move(code), "header line: " + std::move(message), "", std::move(fix));
}

/// Fails with `csv.encoding`, `csv.quote`, `csv.header`.
base::Result<std::vector<std::string>> column_names(std::string_view head, char delimiter) {
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF"))
    return head_error("csv.encoding", "this looks like UTF-16, not UTF-8",
                      "save it as UTF-8 (iconv -f UTF-16 -t UTF-8)");
  if (base::invalid_utf8(head))
    return head_error("csv.encoding", "not UTF-8",
                      "save the file as UTF-8 (iconv -f GB18030 -t UTF-8 for Chinese Windows)");
  std::vector<CsvField> fields;
  std::size_t at = 0;
  const CsvEnd end = walk_csv_row(without_mark(head), delimiter, at, &fields);
  if (end == CsvEnd::kOpen || end == CsvEnd::kBadQuote)
    return head_error("csv.quote", "a quote is not closed, or text follows it", kQuoteFix);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::string name = value_of(fields[i]);
    if (name.empty()) name = fmt::format("column_{}", i + 1);
    if (std::find(names.begin(), names.end(), name) != names.end())
      return head_error("csv.header", fmt::format("two columns are called \"{}\"", name),
                        "give each column a name of its own");
    names.push_back(std::move(name));
  }
  return names;
}

class TableParser final : public RecordParser {
 public:
  explicit TableParser(char delimiter) : fixed_(delimiter) {}

  void start(const Piece& piece) override {
    bytes_ = piece.content();
    at_ = 0;
    file_ = piece.file;
    line_ = piece.first_line;
    is_utf8_ = simdjson::validate_utf8(bytes_.data(), bytes_.size());
    if (names_.empty() || head_ != piece.head) {
      head_ = piece.head;
      delimiter_ = delimiter_of(fixed_, head_);
      auto names = column_names(head_, delimiter_);
      names_ = names ? std::move(*names) : std::vector<std::string>();
    }
    if (names_.empty()) bytes_ = {};  // the reader has reported such a file
  }

  base::Result<bool> next(Record& record, RecordPlace& place) override {
    std::size_t begin = 0;
    CsvEnd end{};
    do {
      if (at_ >= bytes_.size()) return false;
      begin = at_;
      place = {file_, line_};
      end = walk_csv_row(bytes_, delimiter_, at_, &fields_);
      if (end == CsvEnd::kOpen) at_ = behind_line(begin);
      line_ +=
          static_cast<std::uint64_t>(std::count(bytes_.data() + begin, bytes_.data() + at_, '\n'));
    } while (is_blank(end));
    record.reset();
    CHECK_OK(check(end));
    used_ = 0;
    for (std::size_t i = 0; i < fields_.size(); ++i)
      record.add_text(names_[i], fields_[i].has_quotes ? keep(fields_[i]) : fields_[i].raw);
    return true;
  }

 private:
  bool is_blank(CsvEnd end) const {
    return (end == CsvEnd::kWhole || end == CsvEnd::kAtEnd) && fields_.size() == 1 &&
           fields_[0].raw.empty() && !fields_[0].is_quoted;
  }

  std::size_t behind_line(std::size_t at) const {
    const auto end = bytes_.find('\n', at);
    return end == std::string_view::npos ? bytes_.size() : end + 1;
  }

  base::Status check(CsvEnd end) const {
    if (end == CsvEnd::kOpen)
      return base::usage("csv.quote", "a quote that opens in this line is never closed", "",
                         "close it, or double a quote that belongs to the text");
    if (end == CsvEnd::kBadQuote)
      return base::usage("csv.quote", "text after a closing quote", "", kQuoteFix);
    if (fields_.size() != names_.size())
      return base::usage(
          "csv.fields",
          fmt::format("{} fields where the header has {}", fields_.size(), names_.size()), "",
          "quote values that hold the delimiter");
    for (std::size_t i = 0; !is_utf8_ && i < fields_.size(); ++i)
      if (base::invalid_utf8(fields_[i].raw))
        return base::usage(
            "csv.encoding", fmt::format("field {} is not UTF-8", i + 1), "",
            "save the file as UTF-8 (iconv -f GB18030 -t UTF-8 for Chinese Windows)");
    return {};
  }

  std::string_view keep(const CsvField& field) {
    if (used_ == kept_.size()) kept_.emplace_back();
    return kept_[used_++] = unquoted(field.raw);
  }

  char fixed_, delimiter_ = ',';
  std::string head_;
  std::vector<std::string> names_;
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint32_t file_ = 0;
  std::uint64_t line_ = 0;
  bool is_utf8_ = false;
  std::vector<CsvField> fields_;
  std::deque<std::string> kept_;  // stable addresses
  std::size_t used_ = 0;
};

class TableWriter final : public RecordWriter {
 public:
  TableWriter(char delimiter, std::vector<std::string> columns)
      : delimiter_(delimiter), columns_(std::move(columns)) {}

  std::string head() const override {
    std::string out;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out += delimiter_;
      append_csv_value(columns_[i], delimiter_, out);
    }
    if (!columns_.empty()) out += '\n';
    return out;
  }

  base::Status append(const Record& record, std::string& out) override {
    for (const auto& member : record.members())
      if (std::find(columns_.begin(), columns_.end(), member.name) == columns_.end())
        return base::usage("record.unwritable",
                           fmt::format("the table has no column \"{}\"", member.name), "",
                           "its columns are those of the first records; write .jsonl");
    const std::size_t begin = out.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out += delimiter_;
      const auto* member = record.find(columns_[i]);
      if (member && (member->is_text || member->value != "null"))
        append_csv_value(member->value, delimiter_, out);
    }
    if (out.size() == begin) out += "\"\"";  // a blank line is no row
    out += '\n';
    return {};
  }

 private:
  char delimiter_;
  std::vector<std::string> columns_;
};

class TableFormat final : public Format {
 public:
  explicit TableFormat(char delimiter) : delimiter_(delimiter) {}

  std::size_t cut(std::string_view head, std::string_view bytes, std::size_t,
                  bool at_end) const override {
    return at_end ? bytes.size() : cut_csv(bytes, delimiter_of(delimiter_, head));
  }

  base::Result<std::optional<std::size_t>> head_bytes(std::string_view bytes,
                                                      bool at_end) const override {
    const std::string_view rows = without_mark(bytes);
    std::size_t at = 0;
    const char delimiter = delimiter_of(delimiter_, bytes);
    const CsvEnd end = walk_csv_row(rows, delimiter, at, nullptr);
    if (!at_end && (end == CsvEnd::kAtEnd || end == CsvEnd::kOpen)) return std::nullopt;
    const std::size_t size = bytes.size() - rows.size() + at;
    if (size > 0) CHECK_OK(column_names(bytes.substr(0, size), delimiter));
    return size;
  }

  std::unique_ptr<RecordParser> parser() const override {
    return std::make_unique<TableParser>(delimiter_);
  }
  bool has_columns() const override { return true; }
  std::unique_ptr<RecordWriter> writer(const std::vector<std::string>& columns) const override {
    return std::make_unique<TableWriter>(delimiter_ == 0 ? ',' : delimiter_, columns);
  }

 private:
  char delimiter_;
};

}  // namespace

std::unique_ptr<Format> make_table_format(char delimiter) {
  return std::make_unique<TableFormat>(delimiter);
}

}  // namespace fulcrum::data
