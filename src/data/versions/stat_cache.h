#pragma once
// What earlier commits found in files, so that an unchanged one is not read again. A file is
// trusted when its size, times, inode and device are as they were, and both of its times lie two
// seconds before the moment its reading began: what is written later than that may leave no trace
// in them.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/versions/scan.h"

namespace fulcrum::data::versions {

struct KnownFile {
  std::string name;
  FileSign sign;
  Digest hash{};  // of the content
  bool operator==(const KnownFile&) const = default;
};

inline constexpr std::int64_t kRacyNs = 2'000'000'000;
inline bool is_settled(const FileSign& sign, std::int64_t reading_began_ns) {
  return sign.modified_ns + kRacyNs <= reading_began_ns &&
         sign.changed_ns + kRacyNs <= reading_began_ns;
}

/// Sorted by name. Anything but what encode_known() made is an empty list.
std::vector<KnownFile> decode_known(std::string_view text);
std::string encode_known(const std::vector<KnownFile>& files);

std::vector<KnownFile> load_known(const std::filesystem::path& file);
/// Best effort: without it everything is read again.
void save_known(const std::filesystem::path& file, const std::vector<KnownFile>& files);

}  // namespace fulcrum::data::versions
