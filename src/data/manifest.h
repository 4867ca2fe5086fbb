#pragma once
// What is in a version, as the ledger lists it. Pure functions.
#include <string>
#include <vector>

#include "data/types.h"

namespace fulcrum::data {

/// SHA-256 over the files' paths and objects, sorted by path (versions/record.h); 64 hexadecimal
/// digits. The name of versions from before there were records.
std::string content_of(std::vector<DatasetFile> files);

struct FileChange {
  std::string path;
  std::string change;  // "added", "removed", "changed"
  std::int64_t records_before = 0, records_after = 0, bytes_before = 0, bytes_after = 0;
};
/// By path; a file with the same object is no change.
std::vector<FileChange> diff_files(const std::vector<DatasetFile>& from,
                                   const std::vector<DatasetFile>& to);

}  // namespace fulcrum::data
