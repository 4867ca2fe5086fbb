#pragma once
// The index file of a RecordFile: a header of 64 bytes, then count + 1 offsets of 8 bytes in the
// byte order of the machine (which the header's magic number tells).
#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "data/serving/record_file.h"

namespace fulcrum::data::serving {

struct IndexHeader {
  static constexpr std::uint64_t kMagic = 0x31'58'44'49'43'52'4c'46;  // "FLRCIDX1"
  std::uint64_t magic = kMagic;
  std::uint64_t data_bytes = 0;
  std::int64_t modified_ns = 0;  // the data file's
  std::uint64_t format = 0;
  std::uint64_t hash_high = 0, hash_low = 0;
  std::uint64_t count = 0;
  std::uint64_t reserved = 0;
};
static_assert(sizeof(IndexHeader) == 64);

/// Reads the data once, in pieces, and writes its index to `index_descriptor` (empty, writable).
/// `known` says what the header repeats of the file. Errors as RecordFile::open.
base::Status write_index(int data_descriptor, const std::filesystem::path& name, IndexHeader known,
                         std::uint64_t max_record_bytes, int index_descriptor);

}  // namespace fulcrum::data::serving
