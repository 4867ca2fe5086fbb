#pragma once
// WARC 1.0 and 1.1 (ISO 28500): archives of the web, plain, or packed with gzip or zstd.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/packed/unpacked.h"

namespace fulcrum::data::web {

struct WarcRecord {
  /// In the file as stored: of the record, or of the packed member that holds it.
  std::uint64_t offset = 0;
  std::string version;  // "1.0"
  std::vector<std::pair<std::string, std::string>> headers;
  std::uint64_t content_bytes = 0;  // as declared
  std::string block;                // its content, at most WarcLimits::block_bytes of it
  bool is_cut = false;

  /// Of the first header of that name in any case; empty without one.
  std::string_view header(std::string_view name) const;
  std::string_view type() const { return header("WARC-Type"); }
  std::string_view id() const { return header("WARC-Record-ID"); }
  std::string_view date() const { return header("WARC-Date"); }
  /// Without the angle brackets that some writers put around it.
  std::string_view target_uri() const;
};

struct WarcLimits {
  std::size_t block_bytes = 64U << 20;      // kept of a record's content
  std::uint64_t record_bytes = 1ULL << 30;  // a larger record is refused, not read through
  std::size_t header_bytes = 256U << 10;
  bool checks_digests = false;  // WARC-Block-Digest, where it is SHA-1 or SHA-256
};

/// Records in the file's order. Memory: one record's. Not thread-safe.
class WarcReader {
 public:
  /// Fails with `file.read`.
  static base::Result<WarcReader> open(const std::filesystem::path& path, WarcLimits limits = {});
  /// `name` stands in errors.
  WarcReader(RawBytes source, std::string name, WarcLimits limits = {});
  WarcReader(WarcReader&&) noexcept;
  WarcReader& operator=(WarcReader&&) noexcept;
  ~WarcReader();

  /// False at the end. Fails with `warc.syntax`, `warc.large`, `warc.truncated`, `warc.digest`,
  /// `packed.damaged`, `packed.unsupported` (field "file:offset") or as the source does; a caller
  /// that calls again gets what follows: the next packed member, or in a plain file the next line
  /// that begins like a record.
  base::Result<bool> next(WarcRecord& record);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fulcrum::data::web
