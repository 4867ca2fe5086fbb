#pragma once
// The records of one dataset version: a file, or a folder's files in the order of their paths.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/serving/record_file.h"

namespace fulcrum::data::serving {

/// Immutable, safe to share between threads.
class Dataset {
 public:
  /// A folder is searched all through for files of records; others in it are passed over.
  /// `version` names the content; empty: a hash of the files' names and contents, so that the same
  /// files have the same order wherever they lie. Fails with `serving.no_files`, `file.read` and as
  /// RecordFile::open.
  static base::Result<Dataset> open(const std::filesystem::path& path,
                                    const OpenOptions& options = {}, std::string version = {});
  std::uint64_t size() const { return starts_.back(); }
  std::uint64_t bytes() const;
  std::size_t files() const { return files_.size(); }
  const std::string& version() const { return version_; }
  /// `number` < size(); O(log files).
  std::string_view record(std::uint64_t number) const;

 private:
  std::vector<RecordFile> files_;
  std::vector<std::uint64_t> starts_{0};  // of each file, and the end
  std::string version_;
};

}  // namespace fulcrum::data::serving
