#pragma once
// Small tables for tests.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/files.h"
#include "data/tables/table.h"

namespace fulcrum::data::tables {

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content) {
    char name[] = "/tmp/fulcrum-table-XXXXXX";
    const int file = ::mkstemp(name);
    path_ = name;
    if (file >= 0) ::close(file);
    if (!base::write_file(path_, content)) std::abort();
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline Table table_from(std::string_view csv) {
  const TemporaryFile file(csv);
  auto table = read_table(file.path());
  if (!table) {
    std::fprintf(stderr, "%s\n", base::describe(table.error()).c_str());
    std::abort();
  }
  return std::move(*table);
}

/// A folder of tables that other people published; none where they are not at hand.
inline std::optional<std::filesystem::path> published(std::string_view name) {
  const char* named = std::getenv("FULCRUM_SHARED_DATA");
  const std::filesystem::path root =
      named ? std::filesystem::path(named)
            : std::filesystem::path(FULCRUM_SOURCE_DIR) / "../shared/data";
  const auto folder = root / "tables" / name;
  if (!base::folder_exists(folder)) return std::nullopt;
  return folder;
}

}  // namespace fulcrum::data::tables
