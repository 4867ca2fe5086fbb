#pragma once
// How far a run over data files is, on stderr, once it takes longer than two seconds.
#include <chrono>
#include <cstdint>
#include <string>

namespace fulcrum::cli {

/// One line that is rewritten on a terminal; nothing elsewhere.
class PipelineProgress {
 public:
  explicit PipelineProgress(bool shown);
  ~PipelineProgress();
  void update(std::int64_t records, std::int64_t bytes);

 private:
  using Clock = std::chrono::steady_clock;
  bool shown_, drawn_ = false;
  Clock::time_point started_ = Clock::now(), last_ = started_;
};

}  // namespace fulcrum::cli
