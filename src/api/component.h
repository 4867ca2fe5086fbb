#pragma once
// What a living server consists of besides the engine's own routes: one file and one line in
// components.def.
#include <memory>

#include "api/router.h"
#include "base/result.h"
#include "control/engine/home.h"

namespace fulcrum::api {

/// Runs until destroyed; the destructor stops its threads.
class Component {
 public:
  virtual ~Component() = default;
};

#define COMPONENT(name) \
  base::Result<std::unique_ptr<Component>> start_##name(control::Home& home, Router& router);
#include "api/components.def"
#undef COMPONENT

}  // namespace fulcrum::api
