#pragma once
// Trees and long lists of chunks in a chunk store.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/versions/chunk_store.h"
#include "data/versions/tree.h"

namespace fulcrum::data::versions {

/// Sorted by path, each once. Fails as ChunkStore::put.
base::Result<Root> write_tree(ChunkStore& chunks, const std::vector<Entry>& entries);

/// The pages of entries from left to right.
base::Result<std::vector<Branch>> leaf_pages(const ChunkStore& chunks, const Root& root);
base::Result<std::vector<Entry>> read_page(const ChunkStore& chunks, const Digest& page);
/// All entries, over `threads` threads. Fails with `version.page` and as ChunkStore::get.
base::Result<std::vector<Entry>> read_tree(const ChunkStore& chunks, const Root& root,
                                           unsigned threads = 1);
/// The entry of a path; nullopt when there is none. Reads one page a level.
base::Result<std::optional<Entry>> find_entry(const ChunkStore& chunks, const Root& root,
                                              std::string_view path);

/// Folds a list of chunks so that at most kMaxInlineRefs stand in the entry.
base::Result<Content> write_content(ChunkStore& chunks, std::vector<Ref> refs);
/// The chunks behind a content, in order; `visit_page` sees the pages between as well.
base::Result<std::vector<Ref>> chunk_list(
    const ChunkStore& chunks, const Content& content,
    const std::function<void(const Digest&)>& visit_page = {});
/// Visits an entry's bytes in order, chunk by chunk; a failure of `visit` ends it.
base::Status read_content(const ChunkStore& chunks, const Entry& entry,
                          const std::function<base::Status(std::string_view)>& visit);
/// A whole entry in memory, at most `most_bytes`. Fails with `version.too_large`.
base::Result<std::string> read_whole(const ChunkStore& chunks, const Entry& entry,
                                     std::uint64_t most_bytes);

/// Every chunk and page that a tree needs.
base::Status visit_tree_chunks(const ChunkStore& chunks, const Root& root,
                               const std::function<bool(const Digest&)>& is_new);

}  // namespace fulcrum::data::versions
