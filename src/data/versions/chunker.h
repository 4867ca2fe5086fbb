#pragma once
// Where content is cut, so that equal stretches of two revisions become equal chunks wherever they
// stand. A gear hash over the last 64 bytes decides, with a stricter mask before the wanted mean
// and a laxer one behind it (FastCDC, Xia et al. 2016, normalised chunking). Pure.
#include <cstddef>
#include <string_view>

namespace fulcrum::data::versions {

struct ChunkSizes {
  std::size_t least = 16U << 10, mean = 64U << 10, most = 256U << 10;  // mean: a power of two
};

/// Rows of text tables: chunks of these end where a record ends.
enum class Records { kNone, kLines, kCsv };

/// How far beyond the wanted cut a record's end is looked for; longer records are cut like bytes.
inline constexpr std::size_t kMaxRecordBytes = 1U << 20;

/// Bytes of the first chunk of `bytes`, which begins where the last chunk ended. Unless `bytes`
/// goes to the end of the content it holds at least look_ahead(). 0 only for no bytes.
std::size_t first_chunk(std::string_view bytes, Records records, const ChunkSizes& sizes = {});
std::size_t look_ahead(Records records, const ChunkSizes& sizes = {});

/// Records that end within these whole records (the last one may lack its line end); blank lines
/// are none. `is_whole` false where a CSV record's quotes do not close before the end.
struct RecordCount {
  std::size_t records = 0;
  bool is_whole = true;
};
RecordCount count_records(std::string_view bytes, Records records);

/// Where the first record of `bytes` ends, behind its line end; npos when it does not.
std::size_t record_end(std::string_view bytes, Records records);

}  // namespace fulcrum::data::versions
