#pragma once
// A file that grows under its partial name and takes its own name when it is whole.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fulcrum::data {

/// PATH.partial until finish(). Not thread-safe.
class OutputFile {
 public:
  OutputFile() = default;
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  ~OutputFile();

  /// Keeps the first `keep_bytes` of what stands under the partial name and goes on behind them.
  /// Fails with `file.write`.
  static base::Result<OutputFile> open(const std::filesystem::path& path, std::uint64_t keep_bytes);
  /// Fails with `file.write`: "no space left", for one; nothing written before is lost.
  base::Status append(std::string_view bytes);
  base::Status sync();
  /// Syncs, renames to the final name.
  base::Status finish();
  std::uint64_t bytes() const { return bytes_; }

 private:
  base::Failure failure(const char* what) const;
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
};

std::filesystem::path partial_path(const std::filesystem::path& path);

}  // namespace fulcrum::data
