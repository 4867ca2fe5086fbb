#pragma once
// One job of a replay: what is true of it, and what it has found out about itself.
#include <memory>

#include "sched/elastic/measured.h"

namespace fulcrum::sched {

/// What advances when a replay lets it. `place` before `run`.
class Work : public Future {
 public:
  /// An empty allocation: it stops. Costs nothing here; the replay charges restarts.
  virtual void place(const Allocation& allocation) = 0;
  /// For so many seconds, at `speed` times its own; says how many it took, fewer when it ended.
  virtual double run(double seconds, double speed) = 0;
  virtual bool ended() const = 0;
  /// Fills in what the job tells the scheduler: range, batch, goodput, left_steps.
  virtual void tell(ElasticJob& job) const = 0;
  /// The same job, not yet begun.
  virtual std::unique_ptr<Work> anew() const = 0;
};

struct TrainingOptions {
  std::uint32_t asked = 1;     // replicas
  double batch = 0;            // > 0: fixed
  double asked_batch = 0;      // that `left_s` speaks of
  std::uint32_t most = 64;     // replicas
  bool whole_seconds = false;  // epochs take whole seconds, rounded, as in the Pollux artifact
};

/// Training whose steps and noise are as measured. It learns from every size it runs at: the step
/// model is fitted to what it saw, and it is not tried at more than twice the replicas it ever had.
/// `application` outlives it.
std::unique_ptr<Work> make_training(const Application& application, const TrainingOptions& options);

/// A rigid job: runs `duration_s` with `asked` replicas, wherever they are, and not with others.
std::unique_ptr<Work> make_rigid(double duration_s, std::uint32_t asked);

}  // namespace fulcrum::sched
