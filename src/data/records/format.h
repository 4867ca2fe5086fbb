#pragma once
// What a file format has to say: where a run of bytes may be cut so that whole records stand on
// both sides, how records are read from such a run, and how they are written. One file and one line
// in formats.def each.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/records/record.h"

namespace fulcrum::data {

/// Whole records that stand together in a file, taken in by one worker.
struct Piece {
  std::string bytes;  // at least kLinePaddingBytes of slack stand behind `size`
  std::string head;   // the first bytes of the file, as Format::head_bytes() asked for
  std::size_t size = 0;
  std::uint32_t file = 0;        // index of the input
  std::uint64_t first_line = 1;  // of `bytes` in the decompressed file
  std::string file_name;
  std::string_view content() const { return {bytes.data(), size}; }
};

/// Where a record stands.
struct RecordPlace {
  std::uint32_t file = 0;
  std::uint64_t line = 0;
};

/// Reads pieces; one per thread, not thread-safe.
class RecordParser {
 public:
  virtual ~RecordParser() = default;
  virtual void start(const Piece& piece) = 0;
  /// False at the piece's end. A record that cannot be read is an error that names the mistake; the
  /// next call goes on with the record after it. `place` is set in either case.
  virtual base::Result<bool> next(Record& record, RecordPlace& place) = 0;
};

class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  /// What stands before the first record of a file.
  virtual std::string head() const { return {}; }
  /// Appends one record. Fails with `record.unwritable` where the format has no place for it.
  virtual base::Status append(const Record& record, std::string& out) = 0;
};

class Format {
 public:
  virtual ~Format() = default;
  /// How many leading bytes of `bytes` are whole records; 0 when not even one is. `bytes` starts
  /// with a record. `at_end`: nothing follows. `scanned`: so many bytes are known to hold no cut
  /// from the call before.
  virtual std::size_t cut(std::string_view head, std::string_view bytes, std::size_t scanned,
                          bool at_end) const = 0;
  /// Bytes at the start of a file that every parser needs (a table's header line), no record
  /// themselves; nothing where more of the file must be seen. Fails where the file cannot be read
  /// with such a head.
  virtual base::Result<std::optional<std::size_t>> head_bytes(std::string_view, bool) const {
    return std::optional<std::size_t>(0);
  }
  virtual std::unique_ptr<RecordParser> parser() const = 0;
  /// Whether writer() must be told all members of all records.
  virtual bool has_columns() const { return false; }
  /// nullptr: this format is only read.
  virtual std::unique_ptr<RecordWriter> writer(const std::vector<std::string>& columns) const {
    (void)columns;
    return nullptr;
  }
};

/// By name ("jsonl"). Fails with `format.unknown`.
base::Result<const Format*> find_format(std::string_view name);
/// By a file's name without .gz or .zst. Fails with `format.unknown`.
base::Result<const Format*> format_of(std::string_view file_name);

struct FormatInfo {
  std::string_view name, endings, summary;  // endings: ".jsonl .ndjson"
};
std::vector<FormatInfo> formats();

#define FORMAT(name, endings, summary) std::unique_ptr<Format> make_##name##_format();
#include "data/records/formats.def"
#undef FORMAT

}  // namespace fulcrum::data
