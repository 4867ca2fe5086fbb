#include "control/run/local_run.h"

#include "control/jobs/local_machine.h"
#include "control/jobs/scheduled_steps.h"

namespace fulcrum::control {

namespace {

class OpenRun final : public LocalRun {
 public:
  OpenRun(Home& home, const std::atomic<bool>& interrupted, std::unique_ptr<LocalMachine> machine)
      : home_(home),
        interrupted_(interrupted),
        machine_(std::move(machine)),
        jobs_(open_scheduled_steps(home.engine(), machine_->dispatcher())) {}

  RunSurroundings surroundings() override {
    return {.engine = home_.engine(),
            .objects = home_.objects(),
            .executor = machine_->executor(),
            .jobs = *jobs_,
            .home = home_.paths().root.string(),
            .programs = programs_folder(),
            .clock = base::system_clock(),
            .interrupted = interrupted_};
  }

 private:
  Home& home_;
  const std::atomic<bool>& interrupted_;
  std::unique_ptr<LocalMachine> machine_;
  std::unique_ptr<StepJobs> jobs_;
};

}  // namespace

base::Result<std::unique_ptr<LocalRun>> open_local_run(Home& home,
                                                       const std::atomic<bool>& interrupted) {
  TRY(auto machine, open_local_machine(home));
  return std::make_unique<OpenRun>(home, interrupted, std::move(machine));
}

}  // namespace fulcrum::control
