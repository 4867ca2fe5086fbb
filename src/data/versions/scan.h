#pragma once
// What is to be committed: names and what the file system says of them.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/versions/tree.h"

namespace fulcrum::data::versions {

struct InputFile {
  std::filesystem::path path;
  std::string name;  // in the version
};

/// What changes when somebody writes a file.
struct FileSign {
  std::uint64_t bytes = 0, inode = 0, device = 0;
  std::int64_t modified_ns = 0, changed_ns = 0;
  bool operator==(const FileSign&) const = default;
};

struct ScannedFile {
  InputFile file;
  EntryKind kind = EntryKind::kFile;
  bool is_executable = false;
  FileSign sign;
  std::string link;
};

/// All below a folder (hidden files as well), or one file under its own name. Links are not
/// followed. Fails with `file.read`.
base::Result<std::vector<InputFile>> list_inputs(const std::filesystem::path& path);

/// Sorted by name; folders stay only when nothing is in them. Fails with `version.path`,
/// `version.twice`, `version.link` for a link that leads out of the version, and `version.special`
/// for sockets, pipes and devices; `file.read`.
base::Result<std::vector<ScannedFile>> scan(std::vector<InputFile> files, unsigned threads);

/// Whether a link at `path` inside of a version stays inside.
bool stays_inside(std::string_view path, std::string_view target);

/// "now" by the clock of the file system that `folder` is on; 0 when it cannot be told.
std::int64_t file_system_now_ns(const std::filesystem::path& folder);

}  // namespace fulcrum::data::versions
