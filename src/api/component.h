#pragma once
// What a living server consists of besides the engine's own routes: one file and one line in
// components.def.
#include <memory>

#include "api/router.h"
#include "base/result.h"
#include "control/engine/home.h"
#include "control/jobs/local_machine.h"

namespace fulcrum::api {

/// Runs until destroyed; the destructor stops its threads.
class Component {
 public:
  virtual ~Component() = default;
  /// True: nothing that somebody waits for is under way here, and nothing new is taken on.
  virtual bool close_when_idle() { return true; }
  /// Ends what is under way and lets those who wait for it hear so; the server still answers.
  virtual void close() {}
};

/// What components are made of; all of it outlives them.
struct ComponentParts {
  control::Home& home;
  Router& router;
  control::LocalMachine* machine = nullptr;  // set by the scheduler, for those after it
};

#define COMPONENT(name) \
  base::Result<std::unique_ptr<Component>> start_##name(ComponentParts& parts);
#include "api/components.def"
#undef COMPONENT

}  // namespace fulcrum::api
