#include "sched/elastic/training.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace fulcrum::sched {

namespace {

class Training final : public Work {
 public:
  Training(const Application& application, const TrainingOptions& options)
      : application_(application), options_(options) {}

  void place(const Allocation& allocation) override {
    placement_ = allocation;
    if (!placement_.empty()) choose_batch();
  }

  double run(double seconds, double speed) override {
    double left_s = seconds;
    while (left_s > 0 && !ended() && !placement_.empty()) {
      const double steps_per_s = observe() * speed;
      const double missing = application_.steps_per_epoch - in_epoch_;
      if (steps_per_s * left_s < missing) {
        in_epoch_ += steps_per_s * left_s;
        left_s = 0;
      } else {
        double took_s = missing / steps_per_s;
        if (options_.whole_seconds) took_s = std::nearbyint(took_s);
        ++epoch_;
        in_epoch_ = 0;
        left_s -= took_s;
      }
      choose_batch();
    }
    return seconds - left_s;
  }

  bool ended() const override { return epoch_ >= application_.epochs; }

  void tell(ElasticJob& job) const override {
    job.asked = options_.asked;
    job.least = 1;
    const auto limit =
        static_cast<std::uint32_t>(application_.limits.largest / application_.limits.least_local);
    job.most = std::min({std::max(2 * most_seen_, 1U), options_.most, limit});
    job.batch = options_.batch;
    job.goodput = goodput_ ? &*goodput_ : nullptr;
    job.left_steps = (application_.epochs - epoch_) * application_.steps_per_epoch - in_epoch_;
    job.future = this;
  }

  double left_s(std::uint32_t replicas) const override {
    if (left_at_epoch_ != epoch_) {
      left_iterations_ = 0;
      const double scale = options_.asked_batch / application_.limits.initial;
      for (std::uint32_t epoch = epoch_; epoch < application_.epochs; ++epoch)
        left_iterations_ += application_.steps_per_epoch /
                            gain(application_.noise.at(epoch, options_.asked_batch), scale);
      left_at_epoch_ = epoch_;
    }
    Allocation dense;
    for (std::uint32_t placed = 0; placed < replicas; placed += dense.back().replicas)
      dense.push_back({0, std::min(4U, replicas - placed)});
    const Cut cut = cut_of(application_.limits, options_.asked_batch, replicas);
    const StepTime time = application_.steps.at(dense, cut.local);
    return left_iterations_ * (time.step_s + cut.accumulated * (time.step_s - time.sync_s));
  }

  std::unique_ptr<Work> anew() const override { return make_training(application_, options_); }

 private:
  void choose_batch() {
    const std::uint32_t replicas = replicas_of(placement_);
    const BatchLimits& limits = application_.limits;
    if (options_.batch > 0)
      cut_ = cut_of(limits, options_.batch, replicas);
    else if (!goodput_)
      cut_ = cut_of(limits, std::max(limits.initial, limits.least_local * replicas), replicas);
    else
      cut_ = goodput_->best(static_cast<std::uint32_t>(placement_.size()), replicas).cut;
  }

  /// The true goodput, and what is learnt by seeing it.
  double observe() {
    const auto nodes = static_cast<std::uint32_t>(placement_.size());
    const std::uint32_t replicas = replicas_of(placement_);
    const StepTime time = application_.steps.at(placement_, cut_.local);
    const double batch = cut_.batch(replicas);
    const double ratio = application_.noise.at(epoch_, batch);
    const double pass_s = time.step_s - time.sync_s;
    if (seen_keys_.insert({nodes, replicas, cut_.local}).second) {
      seen_.push_back({nodes, replicas, cut_.local, pass_s, time.step_s});
      most_seen_ = std::max(most_seen_, replicas);
      model_ = fit_step_model(seen_);
      goodput_.reset();
    }
    if (!goodput_ || ratio != ratio_) goodput_.emplace(model_, application_.limits, ratio);
    ratio_ = ratio;
    return gain(ratio, batch / application_.limits.initial) /
           (time.step_s + cut_.accumulated * pass_s);
  }

  const Application& application_;
  TrainingOptions options_;
  Allocation placement_;
  Cut cut_;
  std::uint32_t epoch_ = 0;
  double in_epoch_ = 0;  // initial steps
  std::uint32_t most_seen_ = 0;
  std::vector<Observation> seen_;
  std::set<std::tuple<std::uint32_t, std::uint32_t, double>> seen_keys_;
  StepModel model_;
  double ratio_ = 0;
  std::optional<Goodput> goodput_;
  mutable std::uint32_t left_at_epoch_ = ~0U;
  mutable double left_iterations_ = 0;
};

class Rigid final : public Work {
 public:
  Rigid(double duration_s, std::uint32_t asked) : duration_s_(duration_s), asked_(asked) {}
  void place(const Allocation& allocation) override { runs_ = replicas_of(allocation) == asked_; }
  double run(double seconds, double speed) override {
    if (!runs_) return seconds;
    const double took_s = std::min(seconds, (duration_s_ - done_s_) / speed);
    done_s_ = took_s < seconds ? duration_s_ : done_s_ + took_s * speed;
    return took_s;
  }
  bool ended() const override { return done_s_ >= duration_s_; }
  void tell(ElasticJob& job) const override {
    job.asked = job.least = job.most = asked_;
    job.future = this;
  }
  double left_s(std::uint32_t) const override { return duration_s_ - done_s_; }
  std::unique_ptr<Work> anew() const override { return make_rigid(duration_s_, asked_); }

 private:
  double duration_s_;
  std::uint32_t asked_;
  double done_s_ = 0;
  bool runs_ = false;
};

}  // namespace

std::unique_ptr<Work> make_training(const Application& application,
                                    const TrainingOptions& options) {
  return std::make_unique<Training>(application, options);
}

std::unique_ptr<Work> make_rigid(double duration_s, std::uint32_t asked) {
  return std::make_unique<Rigid>(duration_s, asked);
}

}  // namespace fulcrum::sched
