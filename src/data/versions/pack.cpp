#include "data/versions/pack.h"

#include <algorithm>

#include "base/compress.h"

namespace fulcrum::data::versions {

namespace {

constexpr std::string_view kHead = "FULPACK1", kEnd = "FULPEND1";

base::Failure bad_pack(const char* why) {
  return base::failed("version.pack", std::string("this is no whole pack: ") + why,
                      "restore it from a copy; `fulcrum data verify` says which versions need it");
}

base::Failure damaged(const PackedChunk& chunk) {
  return base::failed("version.damaged",
                      "chunk " + base::to_hex(chunk.id) + " does not hold the bytes of its name",
                      "restore its pack from a copy; `fulcrum data verify` lists what is damaged");
}

}  // namespace

base::Result<StoredChunk> store_form(std::string_view raw) {
  TRY(std::string frame, base::compress(raw));
  if (frame.size() + raw.size() / 30 < raw.size())
    return StoredChunk{std::move(frame), Coding::kZstd};
  return StoredChunk{std::string(raw), Coding::kRaw};
}

base::Result<std::string> raw_form(std::string_view stored, const PackedChunk& chunk) {
  std::string raw;
  if (chunk.coding == Coding::kRaw) {
    raw = stored;
  } else {
    auto bytes = base::decompress(stored, chunk.raw_bytes);
    if (!bytes) return damaged(chunk);
    raw = std::move(*bytes);
  }
  if (raw.size() != chunk.raw_bytes || base::sha256(raw) != chunk.id) return damaged(chunk);
  return raw;
}

PackBuilder::PackBuilder() : bytes_(kHead) {}

void PackBuilder::add(const Digest& id, std::uint32_t raw_bytes, const StoredChunk& stored) {
  chunks_.push_back({id, bytes_.size(), static_cast<std::uint32_t>(stored.bytes.size()), raw_bytes,
                     stored.coding});
  bytes_ += stored.bytes;
}

std::string PackBuilder::finish() {
  std::sort(chunks_.begin(), chunks_.end(),
            [](const PackedChunk& a, const PackedChunk& b) { return a.id < b.id; });
  ByteWriter index;
  for (const auto& chunk : chunks_) {
    index.digest(chunk.id);
    index.fixed(chunk.offset, 8);
    index.fixed(chunk.stored_bytes, 4);
    index.fixed(chunk.raw_bytes, 4);
    index.fixed(static_cast<std::uint64_t>(chunk.coding), 1);
  }
  const std::string text = index.take();
  ByteWriter footer;
  footer.digest(base::sha256(text));
  footer.fixed(bytes_.size(), 8);
  footer.fixed(chunks_.size(), 4);
  footer.raw(kEnd);
  std::string pack = std::move(bytes_);
  pack += text;
  pack += footer.take();
  bytes_ = kHead;
  chunks_.clear();
  return pack;
}

base::Result<PackFooter> read_pack_footer(std::string_view bytes, std::uint64_t pack_bytes) {
  ByteReader reader(bytes);
  PackFooter footer;
  footer.index_hash = reader.digest();
  footer.index_offset = reader.fixed(8);
  footer.count = static_cast<std::uint32_t>(reader.fixed(4));
  if (reader.raw(kEnd.size()) != kEnd || !reader.ok() || !reader.at_end())
    return bad_pack("its end is missing");
  const std::uint64_t index_bytes = std::uint64_t{footer.count} * kPackEntryBytes;
  if (pack_bytes < kPackHeadBytes + kPackFooterBytes + index_bytes ||
      footer.index_offset != pack_bytes - kPackFooterBytes - index_bytes)
    return bad_pack("its index does not fit");
  return footer;
}

base::Result<std::vector<PackedChunk>> read_pack_index(std::string_view index,
                                                       const PackFooter& footer) {
  if (index.size() != std::uint64_t{footer.count} * kPackEntryBytes ||
      base::sha256(index) != footer.index_hash)
    return bad_pack("its index is damaged");
  ByteReader reader(index);
  std::vector<PackedChunk> chunks(footer.count);
  const PackedChunk* before = nullptr;
  for (auto& chunk : chunks) {
    chunk.id = reader.digest();
    chunk.offset = reader.fixed(8);
    chunk.stored_bytes = static_cast<std::uint32_t>(reader.fixed(4));
    chunk.raw_bytes = static_cast<std::uint32_t>(reader.fixed(4));
    const auto coding = reader.fixed(1);
    chunk.coding = coding == 0 ? Coding::kRaw : Coding::kZstd;
    if (coding > 1 || chunk.raw_bytes > kMaxChunkBytes || chunk.offset < kPackHeadBytes ||
        chunk.offset > footer.index_offset ||
        chunk.stored_bytes > footer.index_offset - chunk.offset)
      return bad_pack("a chunk's place is outside of it");
    if (before && !(before->id < chunk.id)) return bad_pack("its index is out of order");
    before = &chunk;
  }
  return chunks;
}

}  // namespace fulcrum::data::versions
