#pragma once
// For tests: a folder that goes away, and files of records.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace fulcrum::data::serving {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "serving-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// uint32 length + record, each.
inline std::string prefixed(const std::vector<std::string>& records) {
  std::string bytes;
  for (const std::string& record : records) {
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(record.size() >> (8 * i) & 0xff);
    bytes += record;
  }
  return bytes;
}

}  // namespace fulcrum::data::serving
