#include "data/manifest.h"

#include <algorithm>
#include <map>

#include "data/versions/record.h"

namespace fulcrum::data {

std::string content_of(std::vector<DatasetFile> files) {
  std::sort(files.begin(), files.end(),
            [](const DatasetFile& a, const DatasetFile& b) { return a.path < b.path; });
  versions::ContentHash hash;
  for (const auto& file : files) hash.add(file.path, file.object);
  return hash.finish();
}

std::vector<FileChange> diff_files(const std::vector<DatasetFile>& from,
                                   const std::vector<DatasetFile>& to) {
  std::map<std::string, std::pair<const DatasetFile*, const DatasetFile*>> pairs;
  for (const auto& file : from) pairs[file.path].first = &file;
  for (const auto& file : to) pairs[file.path].second = &file;
  std::vector<FileChange> changes;
  for (const auto& [path, pair] : pairs) {
    const auto [before, after] = pair;
    if (before && after && before->object == after->object) continue;
    changes.push_back({path,
                       !before  ? "added"
                       : !after ? "removed"
                                : "changed",
                       before ? before->records : 0, after ? after->records : 0,
                       before ? before->bytes : 0, after ? after->bytes : 0});
  }
  return changes;
}

}  // namespace fulcrum::data
