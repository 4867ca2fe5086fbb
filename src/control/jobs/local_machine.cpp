#include "control/jobs/local_machine.h"

#include <filesystem>

#include "control/jobs/local_node.h"
#include "exec/machine.h"

namespace fulcrum::control {

namespace {

DispatcherOptions options_for(Home& home) {
  DispatcherOptions options;
  options.home = home.paths().root.string();
  options.environment = default_job_environment();
  options.orphans.node = exec::inspect_machine().name;
  options.objects = &home.objects();
  return options;
}

class OpenMachine final : public LocalMachine {
 public:
  OpenMachine(Home& home, std::unique_ptr<exec::Executor> executor)
      : executor_(std::move(executor)),
        simulated_(exec::open_simulated_executor(base::system_clock())),
        dispatcher_(home.engine(), *executor_, *simulated_, options_for(home)) {}

  exec::Executor& executor() override { return *executor_; }
  Dispatcher& dispatcher() override { return dispatcher_; }

 private:
  std::unique_ptr<exec::Executor> executor_;
  std::unique_ptr<exec::Executor> simulated_;
  Dispatcher dispatcher_;
};

}  // namespace

std::string programs_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

base::Result<std::unique_ptr<LocalMachine>> open_local_machine(Home& home) {
  TRY(auto executor, exec::open_local_executor({.root = home.paths().jobs().string(),
                                                .shim_path = programs_folder() + "/fulcrum-shim"}));
  TRY([[maybe_unused]] const std::string node, register_local_node(home.engine()));
  auto machine = std::make_unique<OpenMachine>(home, std::move(executor));
  CHECK_OK(machine->dispatcher().start());
  return machine;
}

}  // namespace fulcrum::control
