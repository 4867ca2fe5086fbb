#pragma once
// Where bytes come from, and the same bytes unpacked.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace fulcrum::data {

/// Writes up to `capacity` bytes, returns how many; 0 at the end.
using RawBytes = std::function<base::Result<std::size_t>(char* out, std::size_t capacity)>;

/// Fails with `file.read`, at once or later.
base::Result<RawBytes> file_source(const std::filesystem::path& path);

/// gzip members and zstd frames one after the other, or plain bytes; told apart by how they begin.
/// Memory is constant. Not thread-safe.
class Unpacked {
 public:
  explicit Unpacked(RawBytes source);
  ~Unpacked();
  Unpacked(Unpacked&&) noexcept;
  Unpacked& operator=(Unpacked&&) noexcept;

  /// Bytes of one member alone, at most `capacity`; 0 at the end. Fails with `packed.damaged` (also
  /// where the source ends inside a member), `packed.unsupported`, or as the source does.
  base::Result<std::size_t> read(char* out, std::size_t capacity);
  /// After a failure or in the middle of a member: goes on with what looks like the next one. False
  /// when none follows. Plain bytes have no members.
  base::Result<bool> skip_to_next_member();

  bool is_plain() const;
  /// In the source: where the member of the last read begins; of plain bytes, where the read began.
  std::uint64_t member_offset() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fulcrum::data
