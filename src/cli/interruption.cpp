#include "cli/interruption.h"

#include <chrono>

namespace fulcrum::cli {

void Interruption::watch() {
  while (!done_) {
    if (stop_.came()) flag_ = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace fulcrum::cli
