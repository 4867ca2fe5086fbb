#pragma once
// Pages out of files and archives, one after the other.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace fulcrum::data::web {

struct PageSource {
  std::string id, url;
  std::string html;
  std::string http_charset;
  std::filesystem::path file;  // where html is still to be read from; else empty
};

/// Page files and archives in the order of their names, with all folders below; a file is itself.
/// Fails with `file.read`, and `extract.nothing` where none is.
base::Result<std::vector<std::filesystem::path>> page_files_in(const std::filesystem::path& path);

bool is_archive(const std::filesystem::path& path);

/// A page file, unpacked; at most max_bytes + 1. Fails with `file.read`, `packed.damaged`.
base::Result<std::string> read_page_file(const std::filesystem::path& path, std::size_t max_bytes);

/// The HTML pages of an archive in its order. What cannot be read goes to `skip`, which may end it
/// by returning false; `take` likewise. Fails with `file.read` alone.
base::Status each_archived_page(const std::filesystem::path& path, std::size_t max_bytes,
                                const std::function<bool(PageSource)>& take,
                                const std::function<bool(const base::Error&)>& skip);

}  // namespace fulcrum::data::web
