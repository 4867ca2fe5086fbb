#pragma once
// The decompressed bytes of a file: plain, gzip (RFC 1952, also several members) or Zstandard
// (RFC 8878, also several frames), told apart by their first bytes.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace fulcrum::data {

/// Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Appends up to `most` bytes; false at the end, and nothing is appended then. Fails with
  /// `file.read` and as packed/unpacked.h says; `field` is FILE:byte N, where the damaged stream
  /// begins. What came before an error stays in `into`.
  virtual base::Result<bool> read(std::string& into, std::size_t most) = 0;
  /// Passes over so many decompressed bytes. Fails as read().
  virtual base::Status skip(std::uint64_t bytes);
};

/// Fails with `file.read`.
base::Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path);

}  // namespace fulcrum::data
