#include "control/jobs/orphan_watch.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "sched/pillar.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

constexpr const char* kActor = "service/dispatcher";
constexpr std::size_t kIdLength = 26;  // of a ULID

struct Start {
  std::string job;
  std::uint32_t attempt = 1;
};

/// run_id() read backwards; nullopt: no name of a job's start.
std::optional<Start> start_of(const std::string& run) {
  constexpr const char* kDigits = "0123456789";
  const std::string id = run.substr(0, kIdLength);
  if (id.size() != kIdLength ||
      id.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") != std::string::npos)
    return std::nullopt;
  std::size_t at = kIdLength;
  if (at < run.size() && run[at] == '_') {  // of an array
    const std::size_t end = std::min(run.find_first_not_of(kDigits, at + 1), run.size());
    if (end == at + 1) return std::nullopt;
    at = end;
  }
  Start start{run.substr(0, at), 1};
  if (run.size() == at) return start;
  const char* end = run.data() + run.size();
  const auto read = std::from_chars(run.data() + at + 1, end, start.attempt);
  if (run[at] != '.' || read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return start;
}

bool runs(const sched::State& state, const Start& start) {
  const auto job = state.jobs.find(start.job);
  return job != state.jobs.end() && job->second.phase == sched::JobPhase::kRunning &&
         job->second.attempt == start.attempt;
}

}  // namespace

base::Status OrphanWatch::step(std::int64_t now_us) {
  if (now_us < next_us_) return {};
  next_us_ = now_us + options_.period_us;
  const auto living = executor_.living();
  if (!living) {
    spdlog::warn("orphans are not looked for: {}", living.error().message);
    return {};
  }
  std::vector<exec::Living> orphans;
  sched::Orphans known;
  engine_.with_pillar("sched", [&](const ledger::Pillar& pillar) {
    const sched::State& state = sched::state_of(pillar);
    known = state.orphans;
    for (const auto& job : *living)
      if (const auto start = start_of(job.job_id); start && !runs(state, *start))
        orphans.push_back(job);
  });
  std::set<std::string> found;
  for (const auto& orphan : orphans) {
    found.insert(orphan.job_id);
    const auto recorded = known.find(orphan.job_id);
    if (recorded == known.end()) {
      CHECK_OK(report(orphan));
      next_us_ = std::min(next_us_, now_us + options_.grace_us);
    } else if (recorded->second.found_us + options_.grace_us <= now_us) {
      if (const base::Status stopped = executor_.stop(orphan.job_id); !stopped)
        spdlog::warn("orphan {} is not stopped: {}", orphan.job_id, stopped.error().message);
    }
  }
  for (const auto& [run, orphan] : known)
    if (!found.contains(run)) CHECK_OK(send("orphan.clear", {{"run", run}}));
  return {};
}

base::Status OrphanWatch::report(const exec::Living& living) {
  const Start start = *start_of(living.job_id);
  std::string node = options_.node, reason = "unknown";
  if (const auto shown = engine_.query("job.show", json::object{{"job", start.job}}, kActor,
                                       ledger::Role::kService)) {
    reason = "ended";
    if (const auto* starts = base::find_path(*shown, "allocations"); starts && starts->is_array())
      for (const auto& row : starts->get_array())
        if (base::get_integer(row, "attempt") == start.attempt)
          node = base::get_string(row, "node");
  }
  spdlog::warn("{} processes of job {} run, and the ledger says that it {}", living.processes,
               living.job_id, reason == "ended" ? "has ended" : "never was");
  json::array devices;
  for (const auto device : living.devices) devices.push_back(device);
  return send("orphan.report", {{"orphan", json::object{{"run", living.job_id},
                                                        {"job", start.job},
                                                        {"node", node},
                                                        {"devices", std::move(devices)},
                                                        {"processes", living.processes},
                                                        {"reason", reason}}}});
}

base::Status OrphanWatch::send(const std::string& command, json::object body) {
  const auto reply =
      engine_.submit({command, std::move(body), kActor, ledger::Role::kService, {}, KeyOf::kDeed});
  if (!reply) return base::Failure(reply.error());
  return {};
}

}  // namespace fulcrum::control
