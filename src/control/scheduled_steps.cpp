#include "control/scheduled_steps.h"

#include "control/job_waiting.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

constexpr const char* kActor = "service/runner";
constexpr std::uint32_t kRetries = 2;

json::object spec_of(const StepJob& step) {
  json::array command;
  for (const auto& word : step.command) command.push_back(json::string(word));
  json::object environment;
  for (const auto& [name, value] : step.environment) environment[name] = value;
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
    TRY(const std::string job,
        submit_job(engine_, spec_of(step), {kActor, ledger::Role::kService}, step.key));
    auto outcome = wait_job(engine_, job, tick);
    if (!outcome) {
      if (outcome.error().code == "job.interrupted") cancel(job);
      return base::Failure(outcome.error());
    }
    std::string tail = dispatcher_.log_tail(job);
    if (tail.empty()) tail = outcome->detail;
    return JobEnd{.job = "job/" + job,
                  .succeeded = outcome->state == "succeeded",
                  .exit_code = outcome->exit_code,
                  .state = state_for_people(outcome->state),
                  .log_tail = std::move(tail)};
  }

 private:
  /// The job is asked to end; its end is recorded whether or not somebody waits for it.
  void cancel(const std::string& job) {
    (void)engine_
        .submit({"job.cancel",
                 json::object{{"job", job}, {"reason", "the run was interrupted"}},
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
