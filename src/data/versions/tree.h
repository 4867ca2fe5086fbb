#pragma once
// A version's tree: entries sorted by path, in pages whose boundaries depend on the paths alone, so
// that a changed file costs one page a level. Encodings are canonical: equal trees, equal bytes,
// equal names. Pure.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/versions/bytes.h"

namespace fulcrum::data::versions {

/// A chunk of content, or a page that lists further ones.
struct Ref {
  Digest id{};
  std::uint64_t bytes = 0, records = 0;  // of the content behind it
  bool operator==(const Ref&) const = default;
};

/// Where an entry's bytes are: behind `skip` bytes of what the refs hold one after the other. Small
/// files share a chunk, each with its own skip. Level 0: chunks; level n: pages of refs of level
/// n-1.
struct Content {
  std::uint8_t level = 0;
  std::uint64_t skip = 0;
  std::vector<Ref> refs;
  bool operator==(const Content&) const = default;
};

enum class EntryKind : std::uint8_t { kFile = 0, kLink = 1, kFolder = 2 };

struct Entry {
  std::string path;  // '/' between names; see check_path()
  EntryKind kind = EntryKind::kFile;
  bool is_executable = false;
  std::uint64_t bytes = 0, records = 0;
  Digest hash{};      // SHA-256 of the file, of the link's target; zero for an empty folder
  std::string link;   // target
  std::string table;  // TableInfo as JSON (table_info.h); empty: no table
  Content content;
  bool operator==(const Entry&) const = default;
};

/// An inner page's line: a page below, the first path in it, and its totals.
struct Branch {
  std::string first_path;
  Digest page{};
  std::uint64_t entries = 0, bytes = 0, records = 0;
  bool operator==(const Branch&) const = default;
};

/// The tree's name. An empty tree is a page without entries.
struct Root {
  Digest page{};
  std::uint8_t level = 0;  // 0: the page holds entries
  std::uint64_t entries = 0, bytes = 0, records = 0;
  bool operator==(const Root&) const = default;
};

inline constexpr std::uint8_t kMaxLevel = 8;
inline constexpr std::size_t kMaxPathBytes = 4096, kMaxInlineRefs = 32;

/// Relative, no empty name, no "." or "..", no NUL byte, at most kMaxPathBytes. Fails with
/// `version.path`.
base::Status check_path(std::string_view path);

std::string encode_entries(const std::vector<Entry>& entries);
std::string encode_branches(const std::vector<Branch>& branches);
std::string encode_refs(const std::vector<Ref>& refs);
/// Each accepts exactly what its encoder makes. Fail with `version.page`.
base::Result<std::vector<Entry>> decode_entries(std::string_view page);
base::Result<std::vector<Branch>> decode_branches(std::string_view page);
base::Result<std::vector<Ref>> decode_refs(std::string_view page);

/// Whether a page ends behind this path, and a page of refs behind this id; about every 256th.
bool ends_page(std::string_view path);
bool ends_page(const Digest& id);

}  // namespace fulcrum::data::versions
