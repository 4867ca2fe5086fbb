// Each round, numbers of replicas that minimise
//     sum of  priority x weight x (goodput at a fair share) / (goodput with these replicas),
// which is Pollux's objective (section 4.2, p = -1: the harmonic mean of speedups over a fair
// share) with a weight of 1 / sqrt(time): of what the job has had (Weighing::kAttained: as least
// attained service, short jobs pass before they are known to be short) or of what it still needs
// (kLeft: as the optimum for malleable jobs of known size, which gives more to those that are
// nearly done, but something to all; Berg, Vesilo, Harchol-Balter 2020). Another number than before
// is worth less by what restarts have cost the job so far (Pollux, the same section; only for
// those that hold something). The minimum
// is exact (shares.h). Numbers are whole nodes or halves of one, so that placements are dense and
// no node is shared by two jobs that reach beyond it.
#include "sched/elastic/goodput_policy.h"

#include <algorithm>
#include <cmath>

#include "sched/elastic/shares.h"

namespace fulcrum::sched {

namespace {

constexpr double kLeastAttainedDeviceS = 600;
constexpr double kLeastLeftS = 60;
constexpr double kUnknownLeftS = 600;  // before anything was observed
constexpr double kNothing = 1e-3;      // goodput over fair share, as which running nothing counts

class GoodputResizer final : public Resizer {
 public:
  explicit GoodputResizer(Weighing weighing) : weighing_(weighing) {}

  std::vector<Allocation> resize(const ResizeRound& round) override {
    std::uint32_t devices = 0;
    node_ = 1;
    for (const std::uint32_t count : round.devices) {
      devices += count;
      node_ = std::max(node_, count);
    }
    if (round.jobs.empty()) return {};
    const auto jobs = static_cast<std::uint32_t>(round.jobs.size());
    const std::uint32_t fair = (devices + jobs - 1) / jobs;
    std::vector<std::vector<ShareOption>> options;
    for (const ElasticJob& job : round.jobs) options.push_back(options_of(job, fair, devices));
    return pack(round, best_shares(options, devices));
  }

 private:
  /// 1, 2, 4, … up to a node; whole nodes up to four; then two at a time.
  std::uint32_t after(std::uint32_t replicas) const {
    if (replicas < node_) return std::min(2 * replicas, node_);
    return replicas < 4 * node_ ? replicas + node_ : replicas + 2 * node_;
  }

  std::vector<ShareOption> options_of(const ElasticJob& job, std::uint32_t fair,
                                      std::uint32_t devices) const {
    const double fair_speed = speed(job, is_rigid(job) ? job.most : fair);
    const double weight = job.priority * weight_of(job, fair_speed);
    const double kept =
        job.held.empty()  // nothing to lose
            ? 1
            : std::max(job.age_s - job.restarts * job.restart_s, 0.0) / (job.age_s + job.restart_s);
    const std::uint32_t held = replicas_of(job.held);
    std::vector<ShareOption> options{{0, -weight / kNothing}};
    const auto offer = [&](std::uint32_t replicas) {
      const double times = speed(job, replicas) / fair_speed * (replicas == held ? 1 : kept);
      options.push_back({replicas, -weight / (times + kNothing)});
    };
    const std::uint32_t most = std::min(job.most, devices);
    if (is_rigid(job)) {
      if (job.most <= devices) offer(job.most);
      return options;
    }
    for (std::uint32_t replicas = 1; replicas <= most; replicas = after(replicas))
      if (replicas >= job.least) offer(replicas);
    return options;
  }

  double weight_of(const ElasticJob& job, double fair_speed) const {
    if (weighing_ == Weighing::kLeft && job.left_steps > 0) {
      const double left_s = job.goodput != nullptr ? job.left_steps / fair_speed : kUnknownLeftS;
      return 1 / std::sqrt(std::max(left_s, kLeastLeftS));
    }
    return 1 / std::sqrt(job.attained_device_s + kLeastAttainedDeviceS);
  }

  /// Goodput, densely placed; as if perfect where nothing is known.
  double speed(const ElasticJob& job, std::uint32_t replicas) const {
    if (job.goodput == nullptr) return replicas;
    const std::uint32_t nodes = (replicas + node_ - 1) / node_;
    return job.batch > 0 ? job.goodput->fixed(nodes, replicas, job.batch)
                         : job.goodput->best(nodes, replicas).steps_per_s;
  }

  Weighing weighing_;
  std::uint32_t node_ = 1;  // devices of the largest
};

}  // namespace

std::unique_ptr<Resizer> make_goodput_resizer(Weighing weighing) {
  return std::make_unique<GoodputResizer>(weighing);
}

}  // namespace fulcrum::sched
