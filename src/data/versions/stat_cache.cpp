#include "data/versions/stat_cache.h"

#include "base/files.h"
#include "data/versions/bytes.h"

namespace fulcrum::data::versions {

namespace {

constexpr std::string_view kHead = "FULSEEN1";

}  // namespace

std::string encode_known(const std::vector<KnownFile>& files) {
  ByteWriter writer;
  writer.raw(kHead);
  writer.number(files.size());
  for (const auto& file : files) {
    writer.text(file.name);
    writer.number(file.sign.bytes);
    writer.number(file.sign.inode);
    writer.number(file.sign.device);
    writer.fixed(static_cast<std::uint64_t>(file.sign.modified_ns), 8);
    writer.fixed(static_cast<std::uint64_t>(file.sign.changed_ns), 8);
    writer.digest(file.hash);
  }
  std::string text = writer.take();
  text += bytes_of(base::sha256(text));
  return text;
}

std::vector<KnownFile> decode_known(std::string_view text) {
  constexpr std::size_t kHash = sizeof(Digest);
  if (text.size() < kHead.size() + kHash || !text.starts_with(kHead)) return {};
  const auto content = text.substr(0, text.size() - kHash);
  if (bytes_of(base::sha256(content)) != text.substr(content.size())) return {};
  ByteReader reader(content);
  reader.raw(kHead.size());
  const auto count = reader.number();
  std::vector<KnownFile> files;
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    KnownFile file;
    file.name = reader.text();
    file.sign.bytes = reader.number();
    file.sign.inode = reader.number();
    file.sign.device = reader.number();
    file.sign.modified_ns = static_cast<std::int64_t>(reader.fixed(8));
    file.sign.changed_ns = static_cast<std::int64_t>(reader.fixed(8));
    file.hash = reader.digest();
    if (!files.empty() && !(files.back().name < file.name)) return {};
    files.push_back(std::move(file));
  }
  if (!reader.ok() || !reader.at_end()) return {};
  return files;
}

std::vector<KnownFile> load_known(const std::filesystem::path& file) {
  if (file.empty() || !base::file_exists(file)) return {};
  const auto text = base::read_file(file);
  return text ? decode_known(*text) : std::vector<KnownFile>();
}

void save_known(const std::filesystem::path& file, const std::vector<KnownFile>& files) {
  if (file.empty() || !base::make_folder(file.parent_path())) return;
  (void)base::write_file(file, encode_known(files)).has_value();
}

}  // namespace fulcrum::data::versions
