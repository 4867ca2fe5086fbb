#include "control/run/replay_rows.h"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <sstream>

#include "base/files.h"

namespace fulcrum::control {

namespace {

constexpr int kListLength = 10;

base::Result<std::map<std::string, int>> read_ranks(const std::string& path) {
  TRY(const std::string content, base::read_file(path));
  std::istringstream lines(content);
  std::map<std::string, int> ranks;
  std::string line;
  std::getline(lines, line);  // header
  for (std::size_t number = 2; std::getline(lines, line); ++number) {
    const auto comma = line.rfind(',');
    int rank = 0;
    const char* end = line.data() + line.size();
    if (comma == std::string::npos ||
        std::from_chars(line.data() + comma + 1, end, rank).ptr != end || rank < 1)
      return base::usage("replay.syntax", "expected user,rank", fmt::format("{}:{}", path, number));
    ranks[line.substr(0, comma)] = rank;
  }
  return ranks;
}

}  // namespace

base::Result<std::size_t> write_replay_rows(const std::string& candidate_path,
                                            const std::string& stable_path,
                                            const std::string& rows_path) {
  TRY(const auto candidate, read_ranks(candidate_path));
  TRY(const auto stable, read_ranks(stable_path));
  std::string rows = "user,reward_candidate,reward_stable\n";
  std::size_t users = 0;
  for (const auto& [user, rank] : candidate) {
    const auto other = stable.find(user);
    if (other == stable.end()) continue;
    rows += fmt::format("{},{},{}\n", user, rank <= kListLength ? 1 : 0,
                        other->second <= kListLength ? 1 : 0);
    ++users;
  }
  CHECK_OK(base::write_file(rows_path, rows));
  return users;
}

}  // namespace fulcrum::control
