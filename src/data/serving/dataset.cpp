#include "data/serving/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/files.h"
#include "base/hash.h"

namespace fulcrum::data::serving {

namespace {

namespace fs = std::filesystem;

base::Result<std::vector<fs::path>> files_of(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<fs::path>{path};
  std::vector<fs::path> files;
  auto entry = fs::recursive_directory_iterator(path, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error))
    if (entry->is_regular_file(error) && format_of(entry->path())) files.push_back(entry->path());
  if (error)
    return base::failed("file.read", fmt::format("{}: {}", path.string(), error.message()));
  if (files.empty())
    return base::not_found("serving.no_files",
                           fmt::format("{} holds no file of records", path.string()),
                           ".jsonl, .ndjson, .bin and .records are served");
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
    return a.generic_string() < b.generic_string();
  });
  return files;
}

}  // namespace

base::Result<Dataset> Dataset::open(const fs::path& path, const OpenOptions& options,
                                    std::string version) {
  TRY(const auto files, files_of(path));
  Dataset dataset;
  std::string content = "fulcrum records 1\n";
  for (const fs::path& file : files) {
    TRY(RecordFile opened, RecordFile::open(file, options));
    const auto name =
        files.size() == 1 && file == path ? fs::path() : file.lexically_relative(path);
    content += fmt::format("{} {} {}\n", opened.content_hash(), opened.bytes(),
                           base::to_hex(name.generic_string()));
    dataset.starts_.push_back(dataset.starts_.back() + opened.size());
    dataset.files_.push_back(std::move(opened));
  }
  dataset.version_ = version.empty() ? base::sha256_hex(content) : std::move(version);
  return dataset;
}

std::uint64_t Dataset::bytes() const {
  std::uint64_t sum = 0;
  for (const RecordFile& file : files_) sum += file.bytes();
  return sum;
}

std::string_view Dataset::record(std::uint64_t number) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), number);
  const auto file = static_cast<std::size_t>(next - starts_.begin()) - 1;
  return files_[file].record(number - starts_[file]);
}

}  // namespace fulcrum::data::serving
