#include "data/versions/tree_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/versions/parallel.h"

namespace fulcrum::data::versions {

namespace {

// A page ends behind a path that says so, and where it would grow beyond this.
constexpr std::size_t kMaxPageItems = 1024, kMaxPageBytes = 4U << 20;

base::Failure bad_tree() {
  return base::failed("version.page", "the tree of the version does not hold together",
                      "`fulcrum data verify` says which versions are damaged");
}

/// Cuts [0, count) into pages of at least two, so that every level is shorter than the one below;
/// `ends(i)`: a page ends behind i.
template <class Ends, class Write>
base::Status cut_pages(std::size_t count, const Ends& ends, const Write& write) {
  for (std::size_t begin = 0; begin < count;) {
    std::size_t end = std::min(begin + 2, count);
    while (end < count && end - begin < kMaxPageItems && !ends(end - 1)) ++end;
    CHECK_OK(write(begin, end));
    begin = end;
  }
  return {};
}

template <class Page>
Branch totals_of(const Page& page) {
  Branch totals;
  for (const auto& item : page) {
    totals.bytes += item.bytes;
    totals.records += item.records;
    if constexpr (requires { item.entries; })
      totals.entries += item.entries;
    else
      ++totals.entries;
  }
  return totals;
}

base::Result<std::vector<Branch>> write_leaves(ChunkStore& chunks,
                                               const std::vector<Entry>& entries) {
  std::vector<Branch> branches;
  const auto ends = [&](std::size_t i) {
    return ends_page(entries[i].path) || entries[i].table.size() > kMaxPageBytes / kMaxPageItems;
  };
  const auto write = [&](std::size_t begin, std::size_t end) -> base::Status {
    const std::vector<Entry> page(entries.begin() + static_cast<std::ptrdiff_t>(begin),
                                  entries.begin() + static_cast<std::ptrdiff_t>(end));
    Branch branch = totals_of(page);
    branch.first_path = page.front().path;
    TRY(branch.page, chunks.put(encode_entries(page)));
    branches.push_back(std::move(branch));
    return {};
  };
  CHECK_OK(cut_pages(entries.size(), ends, write));
  return branches;
}

base::Result<std::vector<Branch>> write_level(ChunkStore& chunks,
                                              const std::vector<Branch>& below) {
  std::vector<Branch> branches;
  const auto write = [&](std::size_t begin, std::size_t end) -> base::Status {
    const std::vector<Branch> page(below.begin() + static_cast<std::ptrdiff_t>(begin),
                                   below.begin() + static_cast<std::ptrdiff_t>(end));
    Branch branch = totals_of(page);
    branch.first_path = page.front().first_path;
    TRY(branch.page, chunks.put(encode_branches(page)));
    branches.push_back(std::move(branch));
    return {};
  };
  CHECK_OK(cut_pages(
      below.size(), [&](std::size_t i) { return ends_page(below[i].page); }, write));
  return branches;
}

}  // namespace

base::Result<Root> write_tree(ChunkStore& chunks, const std::vector<Entry>& entries) {
  Root root;
  if (entries.empty()) {
    TRY(root.page, chunks.put(encode_entries({})));
    return root;
  }
  TRY(std::vector<Branch> branches, write_leaves(chunks, entries));
  while (branches.size() > 1) {
    ++root.level;
    TRY(branches, write_level(chunks, branches));
  }
  const Branch& top = branches.front();
  root.page = top.page;
  root.entries = top.entries;
  root.bytes = top.bytes;
  root.records = top.records;
  return root;
}

base::Result<std::vector<Entry>> read_page(const ChunkStore& chunks, const Digest& page) {
  TRY(const std::string bytes, chunks.get(page));
  return decode_entries(bytes);
}

base::Result<std::vector<Branch>> leaf_pages(const ChunkStore& chunks, const Root& root) {
  std::vector<Branch> level{{{}, root.page, root.entries, root.bytes, root.records}};
  if (root.level > kMaxLevel) return bad_tree();
  for (int depth = root.level; depth > 0; --depth) {
    std::vector<Branch> below;
    for (const auto& branch : level) {
      TRY(const std::string bytes, chunks.get(branch.page));
      TRY(auto page, decode_branches(bytes));
      std::move(page.begin(), page.end(), std::back_inserter(below));
    }
    level = std::move(below);
  }
  return level;
}

base::Result<std::vector<Entry>> read_tree(const ChunkStore& chunks, const Root& root,
                                           unsigned threads) {
  TRY(const auto leaves, leaf_pages(chunks, root));
  std::vector<std::vector<Entry>> pages(leaves.size());
  CHECK_OK(for_each_in_parallel(leaves.size(), threads, [&](std::size_t i) -> base::Status {
    TRY(pages[i], read_page(chunks, leaves[i].page));
    return {};
  }));
  std::vector<Entry> entries;
  entries.reserve(root.entries < (1U << 28) ? root.entries : 0);
  for (auto& page : pages) {
    if (!page.empty() && !entries.empty() && !(entries.back().path < page.front().path))
      return bad_tree();
    std::move(page.begin(), page.end(), std::back_inserter(entries));
  }
  if (entries.size() != root.entries) return bad_tree();
  return entries;
}

base::Result<std::optional<Entry>> find_entry(const ChunkStore& chunks, const Root& root,
                                              std::string_view path) {
  if (root.level > kMaxLevel) return bad_tree();
  Digest page = root.page;
  for (int depth = root.level; depth > 0; --depth) {
    TRY(const std::string bytes, chunks.get(page));
    TRY(const auto branches, decode_branches(bytes));
    auto after = std::upper_bound(
        branches.begin(), branches.end(), path,
        [](std::string_view wanted, const Branch& branch) { return wanted < branch.first_path; });
    if (after == branches.begin()) return std::optional<Entry>();
    page = std::prev(after)->page;
  }
  TRY(const auto entries, read_page(chunks, page));
  const auto found = std::lower_bound(
      entries.begin(), entries.end(), path,
      [](const Entry& entry, std::string_view wanted) { return entry.path < wanted; });
  if (found == entries.end() || found->path != path) return std::optional<Entry>();
  return std::optional<Entry>(*found);
}

base::Result<Content> write_content(ChunkStore& chunks, std::vector<Ref> refs) {
  Content content;
  while (refs.size() > kMaxInlineRefs) {
    std::vector<Ref> above;
    const auto write = [&](std::size_t begin, std::size_t end) -> base::Status {
      const std::vector<Ref> page(refs.begin() + static_cast<std::ptrdiff_t>(begin),
                                  refs.begin() + static_cast<std::ptrdiff_t>(end));
      const Branch totals = totals_of(page);
      TRY(const Digest id, chunks.put(encode_refs(page)));
      above.push_back({id, totals.bytes, totals.records});
      return {};
    };
    CHECK_OK(cut_pages(
        refs.size(), [&](std::size_t i) { return ends_page(refs[i].id); }, write));
    refs = std::move(above);
    ++content.level;
  }
  content.refs = std::move(refs);
  return content;
}

base::Result<std::vector<Ref>> chunk_list(const ChunkStore& chunks, const Content& content,
                                          const std::function<void(const Digest&)>& visit_page) {
  std::vector<Ref> refs = content.refs;
  for (int level = content.level; level > 0; --level) {
    std::vector<Ref> below;
    for (const auto& ref : refs) {
      if (visit_page) visit_page(ref.id);
      TRY(const std::string bytes, chunks.get(ref.id));
      TRY(auto page, decode_refs(bytes));
      std::move(page.begin(), page.end(), std::back_inserter(below));
    }
    refs = std::move(below);
  }
  return refs;
}

base::Status read_content(const ChunkStore& chunks, const Entry& entry,
                          const std::function<base::Status(std::string_view)>& visit) {
  TRY(const auto refs, chunk_list(chunks, entry.content));
  std::uint64_t skip = entry.content.skip, left = entry.bytes;
  for (const auto& ref : refs) {
    if (left == 0) break;
    if (skip >= ref.bytes) {
      skip -= ref.bytes;
      continue;
    }
    TRY(const std::string chunk, chunks.get(ref.id));
    if (chunk.size() != ref.bytes) return bad_tree();
    const auto part = std::string_view(chunk).substr(skip, left);
    CHECK_OK(visit(part));
    left -= part.size();
    skip = 0;
  }
  if (left != 0) return bad_tree();
  return {};
}

base::Result<std::string> read_whole(const ChunkStore& chunks, const Entry& entry,
                                     std::uint64_t most_bytes) {
  if (entry.bytes > most_bytes)
    return base::failed("version.too_large",
                        fmt::format("{} has {} bytes, more than the {} that are read at once",
                                    entry.path, entry.bytes, most_bytes));
  std::string whole;
  whole.reserve(entry.bytes);
  CHECK_OK(read_content(chunks, entry, [&](std::string_view part) -> base::Status {
    whole += part;
    return {};
  }));
  return whole;
}

base::Status visit_tree_chunks(const ChunkStore& chunks, const Root& root,
                               const std::function<bool(const Digest&)>& is_new) {
  struct Page {
    Digest id;
    int level;
  };
  if (root.level > kMaxLevel) return bad_tree();
  std::vector<Page> pages{{root.page, root.level}};
  while (!pages.empty()) {
    const Page page = pages.back();
    pages.pop_back();
    if (!is_new(page.id)) continue;
    TRY(const std::string bytes, chunks.get(page.id));
    if (page.level > 0) {
      TRY(const auto branches, decode_branches(bytes));
      for (const auto& branch : branches) pages.push_back({branch.page, page.level - 1});
      continue;
    }
    TRY(const auto entries, decode_entries(bytes));
    for (const auto& entry : entries) {
      TRY(const auto refs,
          chunk_list(chunks, entry.content, [&](const Digest& id) { is_new(id); }));
      for (const auto& ref : refs) is_new(ref.id);
    }
  }
  return {};
}

}  // namespace fulcrum::data::versions
