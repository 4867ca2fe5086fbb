#pragma once
// One file of records, each found in O(1): JSONL (a record is a line) or length-prefixed binary
// (a record is its uint32 length, little-endian, and that many bytes).
//
// Where records begin is found once, in one pass of bounded memory, and kept in an index file that
// is mapped like the data: the memory of its own that a RecordFile holds does not grow with the
// data; mapped pages are the system's to drop.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fulcrum::data::serving {

enum class RecordFormat { kJsonl, kPrefixed };

/// By the name's end: .jsonl, .ndjson; .bin, .records. Fails with `serving.format`.
base::Result<RecordFormat> format_of(const std::filesystem::path& file);

struct OpenOptions {
  /// Where index files are kept and found again; empty: a temporary file, made at each opening.
  std::filesystem::path index_folder = {};
  /// A longer record is an error: one record must fit a batch.
  std::uint64_t max_record_bytes = 64 << 20;
};

/// A read-only mapping; empty files map to an empty view.
class Mapping {
 public:
  Mapping() = default;
  ~Mapping();
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  /// Fails with `file.read`. Access is announced as random.
  static base::Result<Mapping> of(int descriptor, const std::filesystem::path& name);
  std::string_view bytes() const { return bytes_; }

 private:
  std::string_view bytes_;
};

/// Immutable, safe to share between threads. The file must not be changed while it is open: one
/// that becomes shorter ends the process at the next access (SIGBUS), as with every mapping.
class RecordFile {
 public:
  /// Fails with `file.read`; `serving.truncated` (file and offset), `serving.too_long`,
  /// `serving.format`. An index that does not belong to the file as it is (size, time of change,
  /// format) is made anew.
  static base::Result<RecordFile> open(const std::filesystem::path& file,
                                       const OpenOptions& options = {});
  std::uint64_t size() const { return count_; }
  std::uint64_t bytes() const { return data_.bytes().size(); }
  /// `number` < size(). A line comes without its break and without blanks before it. The view holds
  /// as long as the RecordFile.
  std::string_view record(std::uint64_t number) const {
    const std::uint64_t begin = offsets_[number], end = offsets_[number + 1];
    if (format_ == RecordFormat::kPrefixed) return data_.bytes().substr(begin + 4, end - begin - 4);
    std::string_view line = data_.bytes().substr(begin, end - begin);
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    return line;
  }
  /// XXH3 of all bytes, 128 bits in hexadecimal: the same content has the same.
  const std::string& content_hash() const { return content_hash_; }

 private:
  static bool is_blank(char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; }

  RecordFormat format_ = RecordFormat::kJsonl;
  Mapping data_, index_;
  const std::uint64_t* offsets_ = nullptr;  // count_ + 1, in index_
  std::uint64_t count_ = 0;
  std::string content_hash_;
};

}  // namespace fulcrum::data::serving
