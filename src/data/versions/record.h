#pragma once
// A version: an immutable record that names a tree and its parents; its own name is the SHA-256 of
// its text. Pure.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/versions/tree.h"

namespace fulcrum::data::versions {

struct VersionRecord {
  std::string dataset;
  Root tree;
  std::vector<std::string> parents;  // versions; a merge has two
  std::string author, message;
  std::int64_t time_us = 0;  // handed in by whoever commits
  std::int64_t files = 0, records = 0, bytes = 0;
  std::string made_by;  // one JSON object: the run, step and inputs it came from; empty: not said
  std::string content;  // ContentHash: equal for equal files, whoever committed them
  bool operator==(const VersionRecord&) const = default;
};

/// One line of JSON, always the same for equal records.
std::string encode_record(const VersionRecord& record);
/// Accepts what encode_record() makes. Fails with `version.record`.
base::Result<VersionRecord> decode_record(std::string_view text);
/// 64 lower-case hexadecimal digits.
std::string version_name(std::string_view encoded_record);
bool is_version_name(std::string_view name);

/// SHA-256 over "path\0hash\n" of the files and links, sorted by path.
class ContentHash {
 public:
  void add(std::string_view path, std::string_view hash_hex);
  std::string finish();

 private:
  base::Sha256 hash_;
};

}  // namespace fulcrum::data::versions
