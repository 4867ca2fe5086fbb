#include "data/versions/chunk_store.h"

#include <fmt/format.h>

#include <algorithm>

namespace fulcrum::data::versions {

ChunkStore::ChunkStore(objects::Blobs& blobs, std::size_t pack_bytes)
    : blobs_(blobs), pack_bytes_(pack_bytes) {}

ChunkStore::~ChunkStore() = default;

base::Result<std::unique_ptr<ChunkStore>> ChunkStore::open(objects::Blobs& blobs,
                                                           std::set<std::string> condemned,
                                                           std::size_t pack_bytes) {
  std::unique_ptr<ChunkStore> store(new ChunkStore(blobs, pack_bytes));
  TRY(const auto packs, blobs.list("packs/"));
  for (const bool is_condemned : {false, true})  // a place that stays goes before one that may go
    for (const auto& blob : packs)
      if (condemned.contains(blob.name) == is_condemned) {
        auto loaded = store->load(blob, is_condemned);
        // A pack that was removed since the list was made holds nothing that anybody refers to.
        if (!loaded && loaded.error().code != "blob.missing")
          return base::Failure(std::move(loaded).error());
      }
  return store;
}

base::Status ChunkStore::load(const objects::BlobInfo& blob, bool is_condemned) {
  if (blob.bytes < kPackHeadBytes + kPackFooterBytes)
    return base::failed("version.pack", fmt::format("{} is too short to be a pack", blob.name));
  const auto locate = [&](base::Error error) {
    error.message = blob.name + ": " + error.message;
    return base::Failure(std::move(error));
  };
  TRY(const std::string end,
      blobs_.get_range(blob.name, blob.bytes - kPackFooterBytes, kPackFooterBytes));
  const auto footer = read_pack_footer(end, blob.bytes);
  if (!footer) return locate(footer.error());
  TRY(const std::string index,
      blobs_.get_range(blob.name, footer->index_offset, footer->count * kPackEntryBytes));
  const auto chunks = read_pack_index(index, *footer);
  if (!chunks) return locate(chunks.error());
  const auto pack = static_cast<std::uint32_t>(packs_.size());
  auto& entry = packs_.emplace_back(Pack{blob.name, blob.bytes, is_condemned, {}});
  entry.chunks.reserve(chunks->size());
  for (const auto& chunk : *chunks) {
    entry.chunks.push_back(chunk.id);
    places_.try_emplace(chunk.id, Place{pack, chunk});
  }
  return {};
}

base::Result<Digest> ChunkStore::put(std::string_view raw) {
  return store(raw, false);
}

base::Result<Digest> ChunkStore::put_again(std::string_view raw) {
  return store(raw, true);
}

base::Result<Digest> ChunkStore::store(std::string_view raw, bool even_if_there) {
  if (raw.size() > kMaxChunkBytes)
    return base::usage("version.chunk_size", "a chunk holds at most 16 MiB");
  const Digest id = base::sha256(raw);
  const auto is_there = [&] {
    const auto found = places_.find(id);
    if (found == places_.end()) return false;
    if (found->second.pack == kPending) return true;
    if (even_if_there) return false;
    if (packs_[found->second.pack].is_condemned) return false;
    relied_on_.insert(found->second.pack);
    return true;
  };
  {
    const std::lock_guard lock(mutex_);
    ++figures_.put_chunks;
    figures_.put_bytes += raw.size();
    if (is_there()) return id;
  }
  TRY(const StoredChunk stored, store_form(raw));
  const std::lock_guard lock(mutex_);
  if (is_there()) return id;  // another thread was first
  builder_.add(id, static_cast<std::uint32_t>(raw.size()), stored);
  places_[id] = Place{kPending, builder_.chunks().back()};
  ++figures_.new_chunks;
  figures_.new_bytes += raw.size();
  figures_.stored_bytes += stored.bytes.size();
  if (builder_.bytes() >= pack_bytes_) CHECK_OK(flush_locked());
  return id;
}

base::Result<std::string> ChunkStore::get(const Digest& id) const {
  Place place;
  std::string name, stored;
  {
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(id);
    if (found == places_.end())
      return base::not_found("version.chunk", "there is no chunk " + base::to_hex(id),
                             "its pack is missing: restore it from a copy");
    place = found->second;
    if (place.pack == kPending)
      stored = builder_.stored(place.chunk);
    else
      name = packs_[place.pack].name;
  }
  if (place.pack != kPending) {
    TRY(stored, blobs_.get_range(name, place.chunk.offset, place.chunk.stored_bytes));
  }
  return raw_form(stored, place.chunk);
}

bool ChunkStore::contains(const Digest& id) const {
  const std::lock_guard lock(mutex_);
  return places_.contains(id);
}

std::optional<PackedChunk> ChunkStore::find(const Digest& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(id);
  if (found == places_.end()) return std::nullopt;
  return found->second.chunk;
}

base::Status ChunkStore::flush() {
  const std::lock_guard lock(mutex_);
  return flush_locked();
}

base::Status ChunkStore::flush_locked() {
  if (builder_.empty()) return {};
  Pack pack;
  std::vector<PackedChunk> chunks = builder_.chunks();
  const std::string content = builder_.finish();
  pack.name = "packs/" + base::sha256_hex(content);
  pack.bytes = content.size();
  for (const auto& chunk : chunks) pack.chunks.push_back(chunk.id);
  const auto created = blobs_.create(pack.name, content);
  if (!created && created.error().code != "blob.exists")
    return base::Failure(created.error());  // somebody else's pack of the same name is the same
  for (const auto& chunk : chunks)
    places_[chunk.id] = Place{static_cast<std::uint32_t>(packs_.size()), chunk};
  packs_.push_back(std::move(pack));
  ++figures_.packs;
  return {};
}

std::set<std::string> ChunkStore::packs_relied_on() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> names;
  for (const auto pack : relied_on_) names.insert(packs_[pack].name);
  return names;
}

ChunkStoreFigures ChunkStore::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

}  // namespace fulcrum::data::versions
