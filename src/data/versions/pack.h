#pragma once
// A pack: many chunks in one immutable blob, about 64 MB. Layout:
//   "FULPACK1"; the chunks' stored bytes one after the other (zstd frames where that pays);
//   the index: per chunk, ascending by id: id 32, offset 8, stored bytes 4, raw bytes 4, coding 1;
//   the footer: SHA-256 of the index 32, index offset 8, number of chunks 4, "FULPEND1".
// Pure, but for compression.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/versions/bytes.h"

namespace fulcrum::data::versions {

enum class Coding : std::uint8_t { kRaw = 0, kZstd = 1 };

struct PackedChunk {
  Digest id{};  // SHA-256 of the raw bytes
  std::uint64_t offset = 0;
  std::uint32_t stored_bytes = 0, raw_bytes = 0;
  Coding coding = Coding::kRaw;
  bool operator==(const PackedChunk&) const = default;
};

inline constexpr std::size_t kMaxChunkBytes = 16U << 20;
inline constexpr std::size_t kPackHeadBytes = 8, kPackFooterBytes = 32 + 8 + 4 + 8,
                             kPackEntryBytes = 32 + 8 + 4 + 4 + 1;

struct StoredChunk {
  std::string bytes;
  Coding coding = Coding::kRaw;
};
/// zstd when it saves at least a thirtieth. Fails with `compress.failed`.
base::Result<StoredChunk> store_form(std::string_view raw);
/// Undoes store_form() and compares with the id. Fails with `version.damaged`.
base::Result<std::string> raw_form(std::string_view stored, const PackedChunk& chunk);

/// Not thread-safe.
class PackBuilder {
 public:
  PackBuilder();
  void add(const Digest& id, std::uint32_t raw_bytes, const StoredChunk& stored);
  bool empty() const { return chunks_.empty(); }
  std::size_t bytes() const { return bytes_.size() + chunks_.size() * kPackEntryBytes; }
  /// Stored bytes of a chunk that was added.
  std::string_view stored(const PackedChunk& chunk) const {
    return std::string_view(bytes_).substr(chunk.offset, chunk.stored_bytes);
  }
  const std::vector<PackedChunk>& chunks() const { return chunks_; }
  /// The whole pack; the builder is empty afterwards.
  std::string finish();

 private:
  std::string bytes_;
  std::vector<PackedChunk> chunks_;
};

struct PackFooter {
  Digest index_hash{};
  std::uint64_t index_offset = 0;
  std::uint32_t count = 0;
};
/// The last kPackFooterBytes of a pack of `pack_bytes`. Fails with `version.pack`.
base::Result<PackFooter> read_pack_footer(std::string_view footer, std::uint64_t pack_bytes);
/// The bytes between the chunks and the footer; every place lies inside the pack, in order of ids.
/// Fails with `version.pack`.
base::Result<std::vector<PackedChunk>> read_pack_index(std::string_view index,
                                                       const PackFooter& footer);

}  // namespace fulcrum::data::versions
