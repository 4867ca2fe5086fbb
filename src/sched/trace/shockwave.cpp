// Shockwave (Zheng et al., NSDI 2023), the format of Gavel's generator: twelve tab-separated fields
// a line: job type, command, working directory, argument for the number of steps, needs a data
// folder, total steps, scale factor (GPUs), mode (gns, accordion, static), priority weight, SLO,
// duration, arrival time. The duration is that of the job alone at its own scale factor, as the
// generator wrote it; batch sizes that change while a job runs are inside it. SLO -1: none. The
// group is the job type without its batch size.
#include <fmt/format.h>

#include "base/text_reader.h"
#include "sched/trace/rows.h"

namespace fulcrum::sched {

namespace {

base::Result<TraceJob> job_of(Rows& rows, std::int64_t line, std::string_view text) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t tab = text.find('\t');
    fields.push_back(text.substr(0, tab));
    if (tab == std::string_view::npos) break;
    text.remove_prefix(tab + 1);
  }
  if (fields.size() != 12)
    return rows.bad(line, "", fmt::format("{} tab-separated fields, not 12", fields.size()));
  TraceJob job;
  job.line = line;
  TRY(job.devices, rows.count(line, "scale_factor", fields[6]));
  TRY(job.priority, rows.number(line, "priority_weight", fields[8]));
  TRY(const double slo, rows.number(line, "slo", fields[9]));
  TRY(job.duration_s, rows.number(line, "duration", fields[10]));
  TRY(job.submit_s, rows.number(line, "arrival", fields[11]));
  if (job.duration_s <= 0 || job.duration_s > 1e12 || job.submit_s < 0 || job.submit_s > 1e12 ||
      job.priority <= 0)
    return rows.bad(line, "duration", "a time or a weight is out of range");
  if (slo > 0) job.deadline_s = job.submit_s + slo * job.duration_s;
  job.group = rows.group(std::string(fields[0].substr(0, fields[0].find(" ("))));
  return job;
}

}  // namespace

base::Result<Trace> read_shockwave(const std::filesystem::path& path, const ReadOptions& options) {
  Rows rows(path, options);
  TRY(auto reader, base::LineReader::open(path));
  std::string line;
  while (reader.next(line))
    if (!line.empty()) CHECK_OK(rows.add(job_of(rows, reader.line_number(), line)));
  return rows.finish(reader.damaged());
}

}  // namespace fulcrum::sched
