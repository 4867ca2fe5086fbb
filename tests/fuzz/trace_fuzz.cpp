// sched/trace: every reader of formats.def. The input's first line names the format.
#include <algorithm>
#include <cmath>
#include <string>

#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"
#include "sched/trace/trace.h"

namespace {

using namespace fulcrum;

void check(const sched::Trace& trace) {
  double last_s = -INFINITY;
  for (const auto& job : trace.jobs) {
    fuzz::must(std::isfinite(job.submit_s) && job.submit_s >= last_s, "jobs come in order of time");
    fuzz::must(std::isfinite(job.duration_s) && job.duration_s > 0, "a job lasts");
    fuzz::must(std::isfinite(job.limit_s) && job.limit_s >= 0, "a limit is an amount of time");
    fuzz::must(std::isfinite(job.priority) && job.priority > 0, "a priority is above 0");
    fuzz::must(job.devices > 0, "a job asks for devices");
    fuzz::must(trace.groups.empty() || job.group < trace.groups.size(), "a job's group is listed");
    fuzz::must(trace.users.empty() || job.user < trace.users.size(), "a job's user is listed");
    last_s = job.submit_s;
  }
}

}  // namespace

FUZZ(trace) {
  const auto names = sched::trace_format_names();
  const std::string_view wanted = fuzz::take_line(input);
  const auto known = std::find(names.begin(), names.end(), wanted);
  const auto reader =
      sched::find_trace_format(known != names.end() ? *known : names[wanted.size() % names.size()]);
  const fuzz::MemoryFile file(input);
  const auto strict = reader(file.path(), {.lenient = false});
  const auto lenient = reader(file.path(), {.lenient = true});
  if (strict) check(*strict);
  if (lenient) check(*lenient);
  fuzz::must(!strict || (lenient && lenient->jobs.size() == strict->jobs.size()),
             "what is read strictly is read leniently, too");
}
