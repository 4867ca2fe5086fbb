// Microsoft Philly (Jeon et al., ATC 2019) as one CSV:
// timestamp,duration,num_gpus,gpu_time,cluster. Rows kept: submitted in October or November 2017
// (the trace's busy months), and, where a vc_nodes.csv lies beside the trace, of a virtual cluster
// that it lists (the others have no nodes). Time zero is 2017-10-01 00:00:00 UTC. The group is the
// virtual cluster. The public file has no more; traces made after its pattern may also have
// priority (above 0), limit (seconds asked for), user and gpu_model ("A|B"). An empty cell counts
// as unknown: priority 1, no limit, the user "all", any model.
#include <chrono>
#include <optional>
#include <set>

#include "base/files.h"
#include "base/text_reader.h"
#include "sched/trace/builder.h"

namespace fulcrum::sched {

namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

/// "2017-10-09 07:01:55" in seconds since 1970; nothing for another text.
std::optional<double> time_of(std::string_view text) {
  const auto digits = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  if (text.size() != 19 || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' ||
      text[16] != ':')
    return std::nullopt;
  const int year = digits(0, 4), month = digits(5, 2), day = digits(8, 2);
  const int hour = digits(11, 2), minute = digits(14, 2), second = digits(17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  const year_month_day date{std::chrono::year{year},
                            std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto days = sys_days(date).time_since_epoch().count();
  return static_cast<double>(days) * 86400.0 + hour * 3600 + minute * 60 + second;
}

base::Result<std::set<std::string>> listed_clusters(const std::filesystem::path& trace) {
  std::set<std::string> names;
  const auto path = trace.parent_path() / "vc_nodes.csv";
  if (!base::file_exists(path)) return names;
  TRY(auto reader, base::CsvReader::open(path));
  std::vector<std::string> fields;
  for (bool is_header = true;; is_header = false) {
    TRY(const bool more, reader.next(fields));
    if (!more) return names;
    if (!is_header && !fields.empty()) names.insert(fields[0]);
  }
}

constexpr double kFromS = 1506816000;  // 2017-10-01
constexpr double kToS = 1512086400;    // 2017-12-01

}  // namespace

base::Result<Trace> read_philly(const std::filesystem::path& path, const ReadOptions& options) {
  TRY(const auto listed, listed_clusters(path));
  TraceBuilder rows(path.filename().string());
  TRY(const auto bad,
      read_rows(path, {"timestamp", "duration", "num_gpus", "cluster"}, options.lenient,
                [&](Row& row) {
                  TraceJob job;
                  job.line = row.line();
                  const auto time_s = time_of(row.text("timestamp"));
                  if (!time_s) row.refuse("timestamp", "no time like 2017-10-09 07:01:55");
                  job.duration_s = row.number("duration", 0, 1e10);
                  if (!row.is_good()) return;
                  const std::string cluster(row.text("cluster"));
                  if (*time_s < kFromS || *time_s >= kToS)
                    return rows.skip("outside October and November 2017");
                  if (!listed.empty() && !listed.contains(cluster))
                    return rows.skip("virtual cluster without nodes");
                  if (job.duration_s == 0) return rows.skip("never ran");
                  job.devices = static_cast<std::uint32_t>(row.integer("num_gpus", 1, 1'000'000));
                  job.priority = row.number("priority", 1e-9, 1e9, 1);
                  job.limit_s = row.number("limit", 0, 1e10, 0);
                  if (!row.is_good()) return;
                  job.models = rows.models(row.text("gpu_model"));
                  job.submit_s = *time_s - kFromS;
                  job.group = rows.group(cluster);
                  job.user = rows.user(row.has("user") ? std::string(row.text("user")) : "all");
                  rows.keep(job);
                }));
  rows.skip(bad);
  return rows.finish();
}

}  // namespace fulcrum::sched
