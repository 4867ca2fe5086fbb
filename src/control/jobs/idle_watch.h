#pragma once
// Looks at how busy running jobs keep their devices, and does with idle ones what the reclaim
// policy of the scheduler says: tells them, waits, looks again, stops them.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "control/engine/engine.h"
#include "exec/executor.h"
#include "sched/job.h"

namespace fulcrum::control {

/// Samples that old say nothing of now.
inline constexpr std::int64_t kStaleUsageUs = 30'000'000;

/// Mean device use over the `for_us` before the newest sample. nullopt where that is not known: the
/// job has not run so long, the newest sample is stale, or nobody can measure the devices.
/// `samples` may begin at the last one before that time.
struct MeanUse {
  double use = 0;  // 0…1
  std::int64_t since_us = 0;
};
std::optional<MeanUse> mean_use(const std::vector<exec::UsageSample>& samples,
                                std::int64_t started_us, std::int64_t for_us, std::int64_t now_us);

/// Of one thread. `executor` runs the real jobs; simulated ones are never idle. Both outlive it.
class IdleWatch {
 public:
  IdleWatch(Engine& engine, exec::Executor& executor) : engine_(engine), executor_(executor) {}

  /// Looks again when a tenth of the policy's time (from 1 s to 60 s) has passed, or another policy
  /// was set. Fails only when the ledger does.
  base::Status step(std::int64_t now_us);

 private:
  struct Watched {
    std::string job;
    std::uint32_t attempt = 0;
    std::int64_t started_us = 0;
    double devices = 0;
    sched::IdleNotice notice;
    bool is_watched = true;
  };
  std::vector<Watched> watched();
  base::Status look(const Watched& job, std::int64_t now_us);
  base::Status notice(const Watched& job, const MeanUse& mean);
  base::Status stop(const Watched& job, const MeanUse& mean);
  base::Status send(const std::string& command, base::json::object body);

  Engine& engine_;
  exec::Executor& executor_;
  sched::Reclaim policy_;
  std::int64_t next_us_ = 0;
};

}  // namespace fulcrum::control
