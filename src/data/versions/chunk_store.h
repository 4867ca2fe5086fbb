#pragma once
// Chunks by their SHA-256, each stored once, in packs of named blobs ("packs/ID").
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/versions/pack.h"
#include "objects/blobs.h"

namespace fulcrum::data::versions {

inline constexpr std::size_t kPackBytes = 64U << 20;

struct ChunkStoreFigures {
  std::uint64_t put_chunks = 0, put_bytes = 0;  // handed in
  std::uint64_t new_chunks = 0, new_bytes = 0;  // of them not there before
  std::uint64_t stored_bytes = 0;               // what the new ones take
  std::uint64_t packs = 0;                      // written
};

/// Thread-safe. A chunk that was put can be read at once, and is durable after flush(): packs are
/// written whole or not at all, and no pack is referred to before it is written.
class ChunkStore {
 public:
  /// Reads every pack's index. Packs in `condemned` are read from but not counted on: what is in
  /// them only is stored anew. Fails with `version.pack` and as Blobs does.
  static base::Result<std::unique_ptr<ChunkStore>> open(objects::Blobs& blobs,
                                                        std::set<std::string> condemned = {},
                                                        std::size_t pack_bytes = kPackBytes);
  ~ChunkStore();

  /// At most kMaxChunkBytes. Fails with `compress.failed`, `object.write`.
  base::Result<Digest> put(std::string_view raw);
  /// Verified. Fails with `version.chunk` (not found), `version.damaged`, and as Blobs does.
  base::Result<std::string> get(const Digest& id) const;
  bool contains(const Digest& id) const;
  /// Raw bytes of a chunk; nullopt when there is none.
  std::optional<PackedChunk> find(const Digest& id) const;
  /// Makes everything that was put durable.
  base::Status flush();

  /// Packs that this session relies on without having written them.
  std::set<std::string> packs_relied_on() const;
  ChunkStoreFigures figures() const;

  struct Pack {
    std::string name;  // of the blob
    std::uint64_t bytes = 0;
    bool is_condemned = false;
    std::vector<Digest> chunks;
  };
  /// Of the blobs there were on opening and those written since.
  const std::vector<Pack>& packs() const { return packs_; }
  /// Stores a chunk anew even when a pack has it.
  base::Result<Digest> put_again(std::string_view raw);

 private:
  struct Place {
    std::uint32_t pack = 0;  // kPending: in the builder, at index `chunk.offset` of it
    PackedChunk chunk;
  };
  static constexpr std::uint32_t kPending = UINT32_MAX;
  ChunkStore(objects::Blobs& blobs, std::size_t pack_bytes);
  base::Status load(const objects::BlobInfo& blob, bool is_condemned);
  base::Result<Digest> store(std::string_view raw, bool even_if_there);
  base::Status flush_locked();

  objects::Blobs& blobs_;
  std::size_t pack_bytes_;
  mutable std::mutex mutex_;
  std::vector<Pack> packs_;
  std::unordered_map<Digest, Place, DigestHash> places_;
  PackBuilder builder_;
  std::set<std::uint32_t> relied_on_;
  ChunkStoreFigures figures_;
};

}  // namespace fulcrum::data::versions
