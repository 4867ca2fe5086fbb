#include "control/jobs/job_waiting.h"

#include "sched/pillar.h"

namespace fulcrum::control {

namespace {

constexpr std::int64_t kTickUs = 200'000;

bool is_open(const Engine& engine, const std::string& job) {
  bool open = false;
  engine.with_pillar("sched", [&](const ledger::Pillar& pillar) {
    open = sched::state_of(pillar).jobs.contains(job);
  });
  return open;
}

JobOutcome outcome_from(const std::string& job, const base::json::value& shown) {
  return {.job = job,
          .state = base::get_string(shown, "state"),
          .exit_code = static_cast<int>(base::get_integer(shown, "exit_code")),
          .signal = static_cast<int>(base::get_integer(shown, "signal")),
          .detail = base::get_string(shown, "detail"),
          .cpu_s = base::get_number(shown, "cpu_s"),
          .allocated_device_s = base::get_number(shown, "allocated_device_s"),
          .cost_usd = base::get_number(shown, "cost_usd")};
}

}  // namespace

base::Result<std::string> submit_job(Engine& engine, base::json::object spec, const Sender& sender,
                                     const std::string& idempotency_key) {
  // A resumed run may pass on another environment, and its services listen at other ports.
  TRY(const CommandReply reply, engine.submit({"job.submit", std::move(spec), sender.actor,
                                               sender.role, idempotency_key, KeyOf::kDeed}));
  if (reply.streams.empty() || !reply.streams.front().starts_with("job/"))
    return base::failed("job.submit", "the ledger did not say which job it is");
  return reply.streams.front().substr(4);
}

base::Result<JobOutcome> wait_job(Engine& engine, const std::string& job,
                                  const std::function<bool()>& tick) {
  const std::string id = job.starts_with("job/") ? job.substr(4) : job;
  for (;;) {
    const std::uint64_t seen = engine.store().size();
    if (!is_open(engine, id)) {
      TRY(const auto shown, engine.query("job.show", base::json::object{{"job", id}},
                                         "service/runner", ledger::Role::kService));
      return outcome_from(id, shown);
    }
    if (tick && !tick()) return base::failed("job.interrupted", "no longer waiting for job " + id);
    engine.wait_for_events(seen, kTickUs);
  }
}

base::Result<JobOutcome> submit_and_watch(Engine& engine, base::json::object spec,
                                          const Sender& sender, const std::string& idempotency_key,
                                          const std::function<bool()>& tick) {
  TRY(const std::string job, submit_job(engine, std::move(spec), sender, idempotency_key));
  return wait_job(engine, job, tick);
}

}  // namespace fulcrum::control
