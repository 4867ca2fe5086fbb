// An offline replay: a release judged on recorded interactions, each of which both versions answer.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/files.h"
#include "control/canary/canary_record.h"
#include "release/paired.h"

namespace fulcrum::control {

using release::Arm;

namespace {

struct ReplayRow {
  std::string user;
  bool candidate = false;  // reward that the candidate would have earned
  bool stable = false;
  std::uint64_t position = 0;
};

std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> cells;
  for (;;) {
    const auto end = line.find(separator);
    cells.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return cells;
    line.remove_prefix(end + 1);
  }
}

std::optional<bool> reward_of(std::string_view text) {
  if (text == "1" || text == "1.0" || text == "true") return true;
  if (text == "0" || text == "0.0" || text == "false") return false;
  return std::nullopt;
}

class RowReader {
 public:
  explicit RowReader(std::string path) : path_(std::move(path)) {}

  base::Result<std::vector<ReplayRow>> read(const std::string& text) {
    std::vector<ReplayRow> rows;
    for (std::string_view line : split(text, '\n')) {
      ++line_number_;
      while (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty()) continue;
      if (line_number_ == 1 && !line.starts_with('{')) {
        CHECK_OK(read_header(line));
        continue;
      }
      TRY(ReplayRow row, line.starts_with('{') ? json_row(line) : csv_row(line));
      rows.push_back(std::move(row));
    }
    if (rows.empty()) return wrong("no rows");
    return rows;
  }

 private:
  base::Failure wrong(std::string_view what) const {
    return base::usage("replay.syntax", std::string(what),
                       fmt::format("{}:{}", path_, line_number_),
                       "columns: user, reward_candidate, reward_stable; a reward is 0 or 1");
  }

  base::Status read_header(std::string_view line) {
    const auto names = split(line, ',');
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == "user") user_ = i;
      if (names[i] == "reward_candidate") candidate_ = i;
      if (names[i] == "reward_stable") stable_ = i;
    }
    columns_ = names.size();
    if (user_ && candidate_ && stable_) return {};
    return wrong("a column is missing");
  }

  base::Result<ReplayRow> csv_row(std::string_view line) const {
    const auto cells = split(line, ',');
    if (!stable_ || cells.size() != columns_) return wrong("not as many cells as the header has");
    const auto candidate = reward_of(cells[*candidate_]), stable = reward_of(cells[*stable_]);
    if (!candidate || !stable) return wrong("a reward is 0 or 1");
    return ReplayRow{std::string(cells[*user_]), *candidate, *stable, 0};
  }

  base::Result<ReplayRow> json_row(std::string_view line) const {
    const auto parsed = base::parse_json(line, path_);
    if (!parsed) return wrong(parsed.error().message);
    const auto reward = [&](const char* name) -> std::optional<bool> {
      const auto* value = base::find_path(*parsed, name);
      return value ? reward_of(base::to_text(*value)) : std::nullopt;
    };
    const auto candidate = reward("reward_candidate"), stable = reward("reward_stable");
    if (!candidate || !stable) return wrong("a reward is 0 or 1");
    return ReplayRow{base::get_string(*parsed, "user"), *candidate, *stable, 0};
  }

  std::string path_;
  int line_number_ = 0;
  std::optional<std::size_t> user_, candidate_, stable_;
  std::size_t columns_ = 0;
};

/// What was counted of the rows so far.
struct Pairs {
  release::ArmTally stable, candidate;
  release::PairedCounts counts;
  std::unordered_map<std::uint64_t, release::UserPairs> users;

  void add(std::uint64_t user, const ReplayRow& row) {
    stable.add_request(false, false, 0);
    candidate.add_request(false, false, 0);
    stable.add(user, row.stable);
    candidate.add(user, row.candidate);
    release::add_pair(counts, users[user], row.candidate, row.stable);
  }
};

}  // namespace

base::Result<CanaryOutcome> replay_canary(const CanarySpec& original, const CanaryPorts& ports,
                                          const std::filesystem::path& path) {
  CanarySpec spec = original;
  spec.start.offline_replay = true;
  TRY(CanaryRecord record, CanaryRecord::open(spec, ports));
  if (record.ended()) return record.outcome();
  TRY(const std::string text, base::read_file(path));
  TRY(std::vector<ReplayRow> rows, RowReader(path.string()).read(text));
  // Files are often sorted by user or by time; users come in an order of their own here, the same
  // at every attempt.
  for (ReplayRow& row : rows)
    row.position = release::user_key(row.user, spec.start.release + "/order");
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.position < b.position; });

  std::optional<release::SampleChunk> source;
  if (record.observations() == 0) {
    TRY(const std::string object, ports.objects->put(text));
    source = release::SampleChunk{object, static_cast<std::int64_t>(rows.size()),
                                  static_cast<std::int64_t>(text.size()), 0, 0};
  }
  const std::int64_t recorded = record.counts(Arm::kStable).samples;
  Pairs pairs;
  std::int64_t count = 0;
  for (const ReplayRow& row : rows) {
    pairs.add(release::user_key(row.user, spec.start.release), row);
    ++count;
    if (count == recorded && (pairs.stable.counts() != record.counts(Arm::kStable) ||
                              pairs.candidate.counts() != record.counts(Arm::kCandidate)))
      return base::failed("canary.evidence", path.string() + " is not the file that was begun with",
                          "abort this release and start another");
    if (count <= recorded || count % spec.look_every_samples != 0) continue;
    if (ports.interrupted && ports.interrupted())
      return base::failed("run.interrupted", "interrupted during the replay");
    CHECK_OK(record.look({pairs.stable.counts(), pairs.candidate.counts(), source}, 0, false,
                         pairs.counts));
    source.reset();
    if (record.ended()) return record.outcome();
  }
  CHECK_OK(record.look({pairs.stable.counts(), pairs.candidate.counts(), source}, 0, true,
                       pairs.counts));
  return record.outcome();
}

}  // namespace fulcrum::control
