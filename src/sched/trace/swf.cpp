// Standard Workload Format 2.2 (Feitelson et al., Parallel Workloads Archive), plain or gzip.
// Fields, from 1: 2 submit, 4 run time, 5 allocated processors, 8 requested processors, 9 requested
// time, 11 status, 12 user, 13 group. Header comments: "; MaxProcs: N".
// Left out, each counted:
//  - "never ran": run time 0 or less (cancelled before the start, or unknown);
//  - "no processors": neither allocated nor requested is above 0;
//  - "more processors than the machine": above MaxProcs.
// Processors are the allocated ones, else the requested ones; the run time is taken as it is, also
// where it exceeds the requested time or the job was killed or failed: it held its processors so
// long. The limit is the requested time, where it is above 0. Times count from the log's own zero.
#include <fmt/format.h>

#include <charconv>

#include "sched/trace/builder.h"

namespace fulcrum::sched {

namespace {

constexpr double kMostS = 1e12;
constexpr double kMostProcessors = 1e9;

/// "; MaxProcs: 8192"
void read_comment(std::string_view comment, Trace& trace) {
  constexpr std::string_view kKey = "MaxProcs:";
  const std::size_t at = comment.find(kKey);
  if (at == std::string_view::npos) return;
  comment.remove_prefix(at + kKey.size());
  comment.remove_prefix(std::min(comment.find_first_not_of(' '), comment.size()));
  std::from_chars(comment.data(), comment.data() + comment.size(), trace.devices);
}

void read_job(Row& row, TraceBuilder& rows) {
  TraceJob job;
  job.line = row.line();
  job.submit_s = row.number("submit", 0, kMostS);
  job.duration_s = row.number("run_time", -kMostS, kMostS);
  const double allocated = row.number("allocated", -kMostProcessors, kMostProcessors);
  const double requested = row.number("requested", -kMostProcessors, kMostProcessors);
  job.limit_s = std::max(0.0, row.number("requested_time", -kMostS, kMostS));
  const double user = row.number("user", -kMostS, kMostS);
  if (!row.is_good()) return;
  if (job.duration_s <= 0) return rows.skip("never ran");
  const double processors = allocated > 0 ? allocated : requested;
  if (processors < 1) return rows.skip("no processors");
  if (rows.trace().devices > 0 && processors > rows.trace().devices)
    return rows.skip("more processors than the machine");
  job.devices = static_cast<std::uint32_t>(processors);
  job.user = rows.user(fmt::format("{:.0f}", user));
  job.group = rows.group(fmt::format("{:.0f}", user));
  rows.keep(job);
}

}  // namespace

base::Result<Trace> read_swf(const std::filesystem::path& path, const ReadOptions& options) {
  TraceBuilder rows(path.filename().string());
  const Lines lines{{"job", "submit", "wait", "run_time", "allocated", "cpu_time", "memory",
                     "requested", "requested_time", "requested_memory", "status", "user", "group",
                     "executable", "queue", "partition", "preceding", "think_time"},
                    ' ',
                    ';',
                    [&](std::string_view line) { read_comment(line, rows.trace()); }};
  TRY(const auto bad,
      read_lines(path, lines, options.lenient, [&](Row& row) { read_job(row, rows); }));
  rows.skip(bad);
  return rows.finish();
}

}  // namespace fulcrum::sched
