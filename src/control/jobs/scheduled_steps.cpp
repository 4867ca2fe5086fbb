#include "control/jobs/scheduled_steps.h"

#include <fmt/format.h>

#include "control/jobs/job_waiting.h"
#include "sched/pillar.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

constexpr const char* kActor = "service/runner";
constexpr std::uint32_t kRetries = 2;
constexpr const char* kStepKey = "FULCRUM_STEP_KEY";  // in the job's environment

json::object spec_of(const StepJob& step) {
  json::array command;
  for (const auto& word : step.command) command.push_back(json::string(word));
  json::object environment;
  for (const auto& [name, value] : step.environment) environment[name] = value;
  environment[kStepKey] = step.key;
  return {{"name", step.name},
          {"project", step.project},
          {"job_class", "step"},
          {"priority", step.priority},
          {"resources", {{"gpus", step.devices}}},
          {"command", std::move(command)},
          {"working_folder", step.working_folder},
          {"environment", std::move(environment)},
          {"max_retries", kRetries}};
}

std::string state_for_people(const std::string& state) {
  if (state == "succeeded") return "done";
  if (state == "cancelled") return "stopped";
  return state;
}

class ScheduledSteps final : public StepJobs {
 public:
  ScheduledSteps(Engine& engine, Dispatcher& dispatcher)
      : engine_(engine), dispatcher_(dispatcher) {}

  base::Result<JobEnd> run(const StepJob& step, const std::function<bool()>& tick) override {
    CHECK_OK(end_others(step, tick));
    // A job that an interrupted run cancelled, or that was lost, is found under the key and says
    // nothing about the step: the step goes on under the next key.
    for (int number = 1;; ++number) {
      const std::string key = number == 1 ? step.key : fmt::format("{}:{}", step.key, number);
      TRY(const std::string job,
          submit_job(engine_, spec_of(step), {kActor, ledger::Role::kService}, key));
      const bool was_given_up = !goes_on(job);
      auto outcome = wait_job(engine_, job, tick);
      if (!outcome) {
        if (outcome.error().code == "job.interrupted") cancel(job, "the run was interrupted");
        return base::Failure(outcome.error());
      }
      if (was_given_up && (outcome->state == "cancelled" || outcome->state == "lost")) continue;
      return end_of(job, *outcome);
    }
  }

 private:
  /// A killed run may have left a job of this step that nobody waits for any more: its plan was
  /// changed, or it failed elsewhere. Two of them would write into one folder.
  base::Status end_others(const StepJob& step, const std::function<bool()>& tick) {
    std::vector<std::string> others;
    engine_.with_pillar("sched", [&](const ledger::Pillar& pillar) {
      for (const auto& [id, job] : sched::state_of(pillar).jobs) {
        const auto key = job.spec.environment.find(kStepKey);
        if (job.spec.name == step.name && key != job.spec.environment.end() &&
            key->second != step.key)
          others.push_back(id);
      }
    });
    for (const auto& job : others) {
      cancel(job, "its run was given up");
      TRY([[maybe_unused]] const JobOutcome outcome, wait_job(engine_, job, tick));
    }
    return {};
  }

  /// False: the job has ended, or was asked to end.
  bool goes_on(const std::string& job) const {
    bool answer = false;
    engine_.with_pillar("sched", [&](const ledger::Pillar& pillar) {
      const auto& jobs = sched::state_of(pillar).jobs;
      const auto open = jobs.find(job);
      answer = open != jobs.end() && !open->second.cancel_requested;
    });
    return answer;
  }

  JobEnd end_of(const std::string& job, const JobOutcome& outcome) const {
    std::string tail = dispatcher_.log_tail(job);
    if (tail.empty()) tail = outcome.detail;
    return {.job = "job/" + job,
            .succeeded = outcome.state == "succeeded",
            .exit_code = outcome.exit_code,
            .state = state_for_people(outcome.state),
            .log_tail = std::move(tail)};
  }

  /// The job is asked to end; its end is recorded whether or not somebody waits for it.
  void cancel(const std::string& job, const std::string& reason) {
    (void)engine_
        .submit({"job.cancel",
                 json::object{{"job", job}, {"reason", reason}},
                 kActor,
                 ledger::Role::kService,
                 {}})
        .has_value();
  }

  Engine& engine_;
  Dispatcher& dispatcher_;
};

}  // namespace

std::unique_ptr<StepJobs> open_scheduled_steps(Engine& engine, Dispatcher& dispatcher) {
  return std::make_unique<ScheduledSteps>(engine, dispatcher);
}

}  // namespace fulcrum::control
