#include "data/versions/tree.h"

namespace fulcrum::data::versions {

namespace {

constexpr char kEntriesPage = 'E', kBranchesPage = 'B', kRefsPage = 'R';

base::Failure bad_page() {
  return base::failed("version.page", "this is no page of a version's tree",
                      "`fulcrum data verify` says which versions are damaged");
}

void write_ref(ByteWriter& writer, const Ref& ref) {
  writer.digest(ref.id);
  writer.number(ref.bytes);
  writer.number(ref.records);
}

Ref read_ref(ByteReader& reader) {
  Ref ref;
  ref.id = reader.digest();
  ref.bytes = reader.number();
  ref.records = reader.number();
  return ref;
}

/// A count that the bytes that are left can hold.
std::uint64_t read_count(ByteReader& reader, std::size_t least_bytes) {
  const auto count = reader.number();
  if (count > reader.left() / least_bytes) {
    reader.fail();
    return 0;
  }
  return count;
}

void write_content(ByteWriter& writer, const Content& content) {
  writer.fixed(content.level, 1);
  writer.number(content.skip);
  writer.number(content.refs.size());
  for (const auto& ref : content.refs) write_ref(writer, ref);
}

Content read_content(ByteReader& reader) {
  Content content;
  content.level = static_cast<std::uint8_t>(reader.fixed(1));
  content.skip = reader.number();
  const auto count = read_count(reader, 34);
  if (content.level > kMaxLevel || count > kMaxInlineRefs) reader.fail();
  if (!reader.ok()) return content;
  for (std::uint64_t i = 0; i < count; ++i) content.refs.push_back(read_ref(reader));
  return content;
}

/// What encode_entries() would never write.
bool is_sound(const Entry& entry) {
  if (!check_path(entry.path)) return false;
  if (entry.kind != EntryKind::kFile && (entry.is_executable || entry.records != 0 ||
                                         !entry.table.empty() || !entry.content.refs.empty()))
    return false;
  if (entry.kind == EntryKind::kLink)
    return entry.bytes == entry.link.size() && !entry.link.empty();
  if (!entry.link.empty()) return false;
  if (entry.kind == EntryKind::kFolder) return entry.bytes == 0;
  std::uint64_t held = 0;
  for (const auto& ref : entry.content.refs) {
    if (ref.bytes > UINT64_MAX - held) return false;
    held += ref.bytes;
  }
  return entry.bytes <= held && entry.content.skip <= held - entry.bytes;
}

}  // namespace

base::Status check_path(std::string_view path) {
  bool is_good =
      !path.empty() && path.size() <= kMaxPathBytes && path.find('\0') == std::string_view::npos;
  for (std::string_view rest = path; is_good;) {
    const auto slash = rest.find('/');
    const auto name = rest.substr(0, slash);
    is_good = !name.empty() && name != "." && name != "..";
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (is_good) return {};
  return base::usage("version.path",
                     "\"" + std::string(path.substr(0, 200)) + "\" is no path inside of a version",
                     "path", "relative, without empty names, \".\" and \"..\"");
}

std::string encode_entries(const std::vector<Entry>& entries) {
  ByteWriter writer;
  writer.fixed(kEntriesPage, 1);
  writer.number(entries.size());
  for (const auto& entry : entries) {
    writer.text(entry.path);
    writer.fixed(static_cast<std::uint64_t>(entry.kind) | (entry.is_executable ? 0x80 : 0), 1);
    writer.number(entry.bytes);
    writer.number(entry.records);
    writer.digest(entry.hash);
    writer.text(entry.link);
    writer.text(entry.table);
    write_content(writer, entry.content);
  }
  return writer.take();
}

base::Result<std::vector<Entry>> decode_entries(std::string_view page) {
  ByteReader reader(page);
  if (reader.fixed(1) != kEntriesPage) return bad_page();
  const auto count = read_count(reader, 40);
  std::vector<Entry> entries;
  entries.reserve(count);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    Entry entry;
    entry.path = reader.text();
    const auto kind = reader.fixed(1);
    entry.kind = static_cast<EntryKind>(kind & 0x7f);
    entry.is_executable = (kind & 0x80) != 0;
    entry.bytes = reader.number();
    entry.records = reader.number();
    entry.hash = reader.digest();
    entry.link = reader.text();
    entry.table = reader.text();
    entry.content = read_content(reader);
    if ((kind & 0x7f) > 2 || !reader.ok() || !is_sound(entry)) return bad_page();
    if (!entries.empty() && !(entries.back().path < entry.path)) return bad_page();
    entries.push_back(std::move(entry));
  }
  if (!reader.ok() || !reader.at_end()) return bad_page();
  return entries;
}

std::string encode_branches(const std::vector<Branch>& branches) {
  ByteWriter writer;
  writer.fixed(kBranchesPage, 1);
  writer.number(branches.size());
  for (const auto& branch : branches) {
    writer.text(branch.first_path);
    writer.digest(branch.page);
    writer.number(branch.entries);
    writer.number(branch.bytes);
    writer.number(branch.records);
  }
  return writer.take();
}

base::Result<std::vector<Branch>> decode_branches(std::string_view page) {
  ByteReader reader(page);
  if (reader.fixed(1) != kBranchesPage) return bad_page();
  const auto count = read_count(reader, 36);
  std::vector<Branch> branches;
  branches.reserve(count);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    Branch branch;
    branch.first_path = reader.text();
    branch.page = reader.digest();
    branch.entries = reader.number();
    branch.bytes = reader.number();
    branch.records = reader.number();
    if (!check_path(branch.first_path)) return bad_page();
    if (!branches.empty() && !(branches.back().first_path < branch.first_path)) return bad_page();
    branches.push_back(std::move(branch));
  }
  if (!reader.ok() || !reader.at_end() || branches.empty()) return bad_page();
  return branches;
}

std::string encode_refs(const std::vector<Ref>& refs) {
  ByteWriter writer;
  writer.fixed(kRefsPage, 1);
  writer.number(refs.size());
  for (const auto& ref : refs) write_ref(writer, ref);
  return writer.take();
}

base::Result<std::vector<Ref>> decode_refs(std::string_view page) {
  ByteReader reader(page);
  if (reader.fixed(1) != kRefsPage) return bad_page();
  const auto count = read_count(reader, 34);
  std::vector<Ref> refs;
  refs.reserve(count);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) refs.push_back(read_ref(reader));
  if (!reader.ok() || !reader.at_end() || refs.empty()) return bad_page();
  return refs;
}

bool ends_page(std::string_view path) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : path) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  hash ^= hash >> 32;
  return hash % 256 == 0;
}

bool ends_page(const Digest& id) {
  return id[0] == 0;
}

}  // namespace fulcrum::data::versions
