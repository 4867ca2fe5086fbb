#include "data/file_list.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "base/files.h"

namespace fulcrum::data {

namespace fs = std::filesystem;

namespace {

bool is_unfinished(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name.ends_with(".part") || name.ends_with(".tmp");
}

template <class Iterator>
base::Result<std::vector<ListedFile>> list(const fs::path& folder, const std::string& pattern) {
  std::vector<ListedFile> files;
  std::error_code error, ignored;
  Iterator at(folder, error), end;
  for (; !error && at != end; at.increment(error)) {  // stepping on may fail too
    const fs::directory_entry& entry = *at;
    if (!entry.is_regular_file(ignored) || is_unfinished(entry.path())) continue;
    if (!pattern.empty() &&
        ::fnmatch(pattern.c_str(), entry.path().filename().c_str(), FNM_PERIOD) != 0)
      continue;
    files.push_back({entry.path(), entry.path().lexically_relative(folder).generic_string()});
  }
  if (error)  // part of a source is not the source
    return base::failed("file.read",
                        fmt::format("cannot list {}: {}", folder.string(), error.message()),
                        "check the permissions of the folder and of those below it");
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

}  // namespace

base::Result<std::vector<ListedFile>> list_files(const std::string& text) {
  const fs::path path(text);
  std::vector<ListedFile> files;
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) {
    files.push_back({path, path.filename().string()});
  } else if (fs::is_directory(path, ignored)) {
    TRY(files, list<fs::recursive_directory_iterator>(path, {}));
  } else {
    const std::string pattern = path.filename().string();
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const bool glob = pattern.find_first_of("*?[") != std::string::npos;
    if (!glob || !fs::is_directory(folder, ignored))
      return base::usage(
          "source.path",
          fmt::format("there is no file or folder {}", glob ? folder.string() : text),
          "source.path", "check the path; it is read on this machine");
    TRY(files, list<fs::directory_iterator>(folder, pattern));
  }
  if (files.empty())
    return base::usage("source.empty", fmt::format("{} holds no files", text), "source.path",
                       "put files there, or change the path");
  return files;
}

}  // namespace fulcrum::data
