#pragma once
// What every verb gets: the global options.
#include <cstdint>
#include <string>

#include "cli/output.h"
#include "control/engine/home.h"

namespace fulcrum::cli {

struct Session {
  std::string home_option;  // --home as given
  double wait_s = 5;        // how long to wait for a home that is held and not served
  Output output;

  control::HomePaths paths() const { return control::find_home(home_option); }
};

}  // namespace fulcrum::cli
