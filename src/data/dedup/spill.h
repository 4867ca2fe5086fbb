#pragma once
// Bytes that do not fit into memory: files in a folder that goes away with its owner.
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace fulcrum::data::dedup {

/// A file that is appended to and then read. Not thread-safe while it is written; read_at() is.
class SpillFile {
 public:
  SpillFile() = default;
  SpillFile(SpillFile&& other) noexcept;
  SpillFile& operator=(SpillFile&& other) noexcept;
  ~SpillFile();

  /// An empty file, replacing what was there. Fails with `file.write`.
  static base::Result<SpillFile> create(const std::filesystem::path& path);
  /// Keeps the first `keep_bytes` and goes on behind them. Fails with `file.write`, and with
  /// `file.read` where the file is shorter.
  static base::Result<SpillFile> extend(const std::filesystem::path& path,
                                        std::uint64_t keep_bytes);
  /// One that is only read. Fails with `file.read`.
  static base::Result<SpillFile> open(const std::filesystem::path& path);

  /// Fails with `file.write`.
  base::Status append(const void* bytes, std::size_t size);
  base::Status flush();
  /// Flushed and on disk.
  base::Status sync();
  /// Exactly `size` flushed bytes. Fails with `file.read`, also when the file is shorter.
  base::Status read_at(std::uint64_t offset, void* into, std::size_t size) const;
  /// Appended so far, or the file's size.
  std::uint64_t bytes() const { return bytes_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  base::Failure failure(const char* code, const char* what) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
  std::string waiting_;
};

/// A new folder, removed with everything in it by the destructor. Not thread-safe.
class SpillFolder {
 public:
  SpillFolder() = default;
  SpillFolder(SpillFolder&& other) noexcept;
  SpillFolder& operator=(SpillFolder&& other) noexcept;
  ~SpillFolder();
  /// Inside `parent`, which is made if need be. Fails with `file.folder`.
  static base::Result<SpillFolder> create(const std::filesystem::path& parent);

  base::Result<SpillFile> new_file();
  std::uint64_t spilled_bytes = 0;  // written by sorters

 private:
  std::filesystem::path path_;
  std::uint64_t files_ = 0;
};

}  // namespace fulcrum::data::dedup
