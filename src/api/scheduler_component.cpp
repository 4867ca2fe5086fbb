// A living server places jobs on this machine.
#include "api/component.h"
#include "control/jobs/local_machine.h"

namespace fulcrum::api {

namespace {

class SchedulerComponent final : public Component {
 public:
  explicit SchedulerComponent(std::unique_ptr<control::LocalMachine> machine)
      : machine_(std::move(machine)) {}

 private:
  std::unique_ptr<control::LocalMachine> machine_;
};

}  // namespace

base::Result<std::unique_ptr<Component>> start_scheduler(ComponentParts& parts) {
  TRY(auto machine, control::open_local_machine(parts.home));
  parts.machine = machine.get();
  return std::make_unique<SchedulerComponent>(std::move(machine));
}

}  // namespace fulcrum::api
