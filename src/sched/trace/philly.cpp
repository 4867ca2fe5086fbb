// Microsoft Philly (Jeon et al., ATC 2019) as one CSV: timestamp,duration,num_gpus,gpu_time,cluster.
// Rows kept: submitted in October or November 2017 (the trace's busy months), and, where a
// vc_nodes.csv lies beside the trace, of a virtual cluster that it lists (the others have no
// nodes). Time zero is 2017-10-01 00:00:00 UTC. The group is the virtual cluster; users and limits
// are not in this file.
#include <fmt/format.h>

#include <chrono>
#include <set>

#include "sched/trace/rows.h"

namespace fulcrum::sched {

namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

/// "2017-10-09 07:01:55" in seconds since 1970.
base::Result<double> time_of(const Rows& rows, std::int64_t line, std::string_view text) {
  const auto digits = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const auto wrong = [&] {
    return rows.bad(line, "timestamp", "trace.time",
                    fmt::format("\"{}\" is no time like 2017-10-09 07:01:55", text.substr(0, 40)));
  };
  if (text.size() != 19 || text[4] != '-' || text[7] != '-' || text[10] != ' ' ||
      text[13] != ':' || text[16] != ':')
    return wrong();
  const int year = digits(0, 4), month = digits(5, 2), day = digits(8, 2);
  const int hour = digits(11, 2), minute = digits(14, 2), second = digits(17, 2);
  if (year < 0 || month < 0 || day < 0) return wrong();
  const year_month_day date{std::chrono::year{year}, std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return wrong();
  const auto days = sys_days(date).time_since_epoch().count();
  return static_cast<double>(days) * 86400.0 + hour * 3600 + minute * 60 + second;
}

base::Result<std::set<std::string>> listed_clusters(const std::filesystem::path& trace) {
  std::set<std::string> names;
  const auto path = trace.parent_path() / "vc_nodes.csv";
  if (!std::filesystem::exists(path)) return names;
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
  const auto row = [&](Rows& rows, std::int64_t line,
                       const std::vector<std::string_view>& fields) -> base::Result<TraceJob> {
    TraceJob job;
    job.line = line;
    TRY(const double time_s, time_of(rows, line, fields[0]));
    TRY(job.duration_s, rows.number(line, "duration", fields[1]));
    if (job.duration_s < 0)
      return rows.bad(line, "duration", "trace.range", "a duration cannot be negative");
    if (time_s < kFromS || time_s >= kToS) return filtered("outside October and November 2017");
    const std::string cluster(fields[3]);
    if (!listed.empty() && !listed.contains(cluster))
      return filtered("virtual cluster without nodes");
    if (job.duration_s == 0) return filtered("never ran");
    TRY(job.devices, rows.count(line, "num_gpus", fields[2]));
    job.submit_s = time_s - kFromS;
    job.group = rows.group(cluster);
    return job;
  };
  return read_table(path, options, {"timestamp", "duration", "num_gpus", "cluster"}, row);
}

}  // namespace fulcrum::sched
