// Plain text: a record is a line. Its field is `text`; `id` is FILE:LINE.
#include <fmt/format.h>

#include "base/text_reader.h"
#include "data/records/lines_format.h"

namespace fulcrum::data {

namespace {

class TextParser final : public RecordParser {
 public:
  void start(const Piece& piece) override {
    lines_.start(piece);
    name_ = piece.file_name;
  }
  base::Result<bool> next(Record& record, RecordPlace& place) override {
    std::string_view line;
    if (!lines_.next(line)) return false;
    place = lines_.place();
    record.reset();
    if (const auto bad = base::invalid_utf8(line))
      return base::usage("record.encoding",
                         fmt::format("byte {} of the line is not UTF-8", *bad + 1), "",
                         "convert the file to UTF-8, or skip bad records");
    record.set_text("id", fmt::format("{}:{}", name_, place.line));
    record.set_text("text", line);
    return true;
  }

 private:
  PieceLines lines_;
  std::string name_;
};

class TextWriter final : public RecordWriter {
 public:
  base::Status append(const Record& record, std::string& out) override {
    for (const char c : record.text("text").value_or("")) out += c == '\n' ? ' ' : c;
    out += '\n';
    return {};
  }
};

class TextFormat final : public Format {
 public:
  std::size_t cut(std::string_view, std::string_view bytes, std::size_t scanned,
                  bool at_end) const override {
    return cut_after_line(bytes, scanned, at_end);
  }
  std::unique_ptr<RecordParser> parser() const override { return std::make_unique<TextParser>(); }
  std::unique_ptr<RecordWriter> writer(const std::vector<std::string>&) const override {
    return std::make_unique<TextWriter>();
  }
};

}  // namespace

std::unique_ptr<Format> make_text_format() {
  return std::make_unique<TextFormat>();
}

}  // namespace fulcrum::data
