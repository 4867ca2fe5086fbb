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

#include <array>
#include <charconv>

#include "base/text_reader.h"
#include "sched/trace/rows.h"

namespace fulcrum::sched {

namespace {

constexpr std::size_t kFields = 18;
constexpr double kMostS = 1e12;
constexpr std::array<std::string_view, kFields> kNames{
    "job",    "submit",     "wait",           "run_time",         "allocated", "cpu_time",
    "memory", "requested",  "requested_time", "requested_memory", "status",    "user",
    "group",  "executable", "queue",          "partition",        "preceding", "think_time"};

base::Result<std::array<double, kFields>> fields_of(const Rows& rows, std::int64_t line,
                                                    std::string_view text) {
  std::array<double, kFields> values{};
  std::size_t count = 0;
  while (true) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::string_view word = text.substr(0, text.find_first_of(" \t"));
    text.remove_prefix(word.size());
    if (count < kFields) {
      TRY(values[count], rows.number(line, kNames[count], word));
    }
    ++count;
  }
  if (count != kFields) return rows.bad(line, "", fmt::format("{} fields, not {}", count, kFields));
  return values;
}

/// "; MaxProcs: 8192"
void read_comment(std::string_view comment, Trace& trace) {
  constexpr std::string_view kKey = "MaxProcs:";
  const std::size_t at = comment.find(kKey);
  if (at == std::string_view::npos) return;
  comment.remove_prefix(at + kKey.size());
  comment.remove_prefix(std::min(comment.find_first_not_of(' '), comment.size()));
  std::from_chars(comment.data(), comment.data() + comment.size(), trace.devices);
}

base::Result<TraceJob> job_of(Rows& rows, std::int64_t line, std::string_view text) {
  TRY(const auto fields, fields_of(rows, line, text));
  TraceJob job;
  job.line = line;
  job.submit_s = fields[1];
  job.duration_s = fields[3];
  if (job.submit_s < 0) return rows.bad(line, "submit", "a time that no log has");
  if (job.duration_s <= 0) return filtered("never ran");
  const double processors = fields[4] > 0 ? fields[4] : fields[7];
  if (processors <= 0) return filtered("no processors");
  if (processors > 1e9 || (rows.trace().devices > 0 && processors > rows.trace().devices))
    return filtered("more processors than the machine");
  job.devices = static_cast<std::uint32_t>(processors);
  job.limit_s = std::max(0.0, fields[8]);
  job.user = rows.user(fmt::format("{:.0f}", fields[11]));
  job.group = rows.group(fmt::format("{:.0f}", fields[11]));
  return job;
}

}  // namespace

base::Result<Trace> read_swf(const std::filesystem::path& path, const ReadOptions& options) {
  Rows rows(path, options);
  TRY(auto reader, base::LineReader::open(path));
  std::string line;
  while (reader.next(line)) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos) continue;
    if (line[begin] == ';')
      read_comment(line, rows.trace());
    else
      CHECK_OK(rows.add(job_of(rows, reader.line_number(), line)));
  }
  return rows.finish(reader.damaged());
}

}  // namespace fulcrum::sched
