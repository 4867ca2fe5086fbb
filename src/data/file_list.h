#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace fulcrum::data {

struct ListedFile {
  std::filesystem::path path;
  std::string name;  // relative to the folder, with '/'
};

/// The regular files behind a path (a file, a folder with all below it, or a glob "*", "?" in the
/// last component), sorted by name. Names that begin with '.' or end in ".part" or ".tmp" are
/// somebody's unfinished work and left out. Fails with `source.path`, `source.empty`.
base::Result<std::vector<ListedFile>> list_files(const std::string& path);

}  // namespace fulcrum::data
