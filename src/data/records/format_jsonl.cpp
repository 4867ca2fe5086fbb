#include "data/records/json_line.h"
#include "data/records/lines_format.h"

namespace fulcrum::data {

namespace {

class JsonlParser final : public RecordParser {
 public:
  void start(const Piece& piece) override { lines_.start(piece); }
  base::Result<bool> next(Record& record, RecordPlace& place) override {
    std::string_view line;
    do {
      if (!lines_.next(line)) return false;
    } while (line.find_first_not_of(" \t") == std::string_view::npos);
    place = lines_.place();
    CHECK_OK(parser_.parse(line, record));
    return true;
  }

 private:
  PieceLines lines_;
  JsonLineParser parser_;
};

class JsonlWriter final : public RecordWriter {
 public:
  base::Status append(const Record& record, std::string& out) override {
    record.append_json(out);
    out += '\n';
    return {};
  }
};

class JsonlFormat final : public Format {
 public:
  std::size_t cut(std::string_view, std::string_view bytes, std::size_t scanned,
                  bool at_end) const override {
    return cut_after_line(bytes, scanned, at_end);
  }
  std::unique_ptr<RecordParser> parser() const override { return std::make_unique<JsonlParser>(); }
  std::unique_ptr<RecordWriter> writer(const std::vector<std::string>&) const override {
    return std::make_unique<JsonlWriter>();
  }
};

}  // namespace

std::unique_ptr<Format> make_jsonl_format() {
  return std::make_unique<JsonlFormat>();
}

}  // namespace fulcrum::data
