#pragma once
// One file into chunks.
#include <functional>
#include <string>

#include "data/versions/chunk_store.h"
#include "data/versions/scan.h"
#include "data/versions/table_info.h"

namespace fulcrum::data::versions {

/// An open file to be read from its beginning to its end; links are not followed.
class SourceFile {
 public:
  /// Fails with `file.read`.
  static base::Result<SourceFile> open(const std::filesystem::path& path);
  SourceFile(SourceFile&& other) noexcept;
  SourceFile& operator=(SourceFile&&) = delete;
  ~SourceFile();
  /// Appends up to `bytes` bytes; how many came, 0 at the end. Fails with `file.read`.
  base::Result<std::size_t> read(std::string& into, std::size_t bytes);
  /// What the file system says now.
  FileSign sign() const;

 private:
  SourceFile(int file, std::filesystem::path path) : file_(file), path_(std::move(path)) {}
  int file_;
  std::filesystem::path path_;
};

/// Cuts the file, hashes it whole, and stores its chunks on `threads` threads; fills the entry's
/// bytes, records, hash, table and content. `on_bytes` hears how far it is.
base::Status store_large_file(ChunkStore& chunks, SourceFile& file, unsigned threads, Entry& entry,
                              const std::function<void(std::uint64_t)>& on_bytes);

/// The schema of a small file's whole content into the entry; nothing for what is no table.
void describe_small_table(std::string_view content, Entry& entry);

/// Text for Entry::table; empty when it would not read back or too many records fit no table.
std::string table_text(const SchemaCounter& counter, Records records, char delimiter);

}  // namespace fulcrum::data::versions
