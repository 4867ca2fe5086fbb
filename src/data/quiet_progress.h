#pragma once
// For tests: progress that nobody reads.
#include "exec/step.h"

namespace fulcrum::data {

class QuietProgress final : public exec::StepProgress {
 public:
  void at(std::int64_t, std::int64_t, std::string_view) override {}
};

}  // namespace fulcrum::data
