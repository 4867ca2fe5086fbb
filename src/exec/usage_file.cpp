#include "exec/usage_file.h"

#include <algorithm>
#include <fstream>

#include "base/json.h"

namespace fulcrum::exec {

namespace {

constexpr std::uint64_t kFirstBlock = 64 * 1024;  // about 700 samples

/// Whole lines from `offset` on; the first one may have been cut, unless it is the file's.
std::vector<UsageSample> read_from(std::ifstream& file, std::uint64_t offset) {
  file.clear();
  file.seekg(static_cast<std::streamoff>(offset));
  std::string line;
  if (offset > 0) std::getline(file, line);
  std::vector<UsageSample> samples;
  while (std::getline(file, line)) {
    const auto value = base::parse_json(line, "usage");
    if (!value) continue;  // a torn last line
    const double busy = base::get_number(*value, "device_busy");
    samples.push_back({base::get_integer(*value, "time_us"), base::get_number(*value, "cpu_cores"),
                       base::get_integer(*value, "memory_bytes"), std::max(0.0, busy), busy >= 0});
  }
  return samples;
}

}  // namespace

std::vector<UsageSample> read_usage(const std::string& path, std::int64_t from_us) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const auto size = static_cast<std::uint64_t>(file.tellg());
  std::uint64_t block = from_us > 0 ? std::min(kFirstBlock, size) : size;
  for (;;) {
    std::vector<UsageSample> samples = read_from(file, size - block);
    const bool enough = !samples.empty() && samples.front().time_us <= from_us;
    if (block == size || enough) {
      const auto later =
          std::find_if(samples.begin(), samples.end(),
                       [&](const UsageSample& sample) { return sample.time_us > from_us; });
      if (later - samples.begin() > 1) samples.erase(samples.begin(), later - 1);
      return samples;
    }
    block = std::min(4 * block, size);
  }
}

}  // namespace fulcrum::exec
