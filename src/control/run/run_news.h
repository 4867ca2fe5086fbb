#pragma once
// What happens in a run, kept for those who follow it: from the start, from where they left off,
// one or many of them.
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/json.h"
#include "control/run/plan_runner.h"

namespace fulcrum::control {

/// `planned` {"run","plan","steps":[id]}, `step` (run_json.h; state "running" when it starts),
/// `progress` {"id","done","total","what"}, and last either `ended` (outcome_as_json) or `failed`
/// {"error":{…},"status"} with the error's HTTP status.
struct NewsItem {
  std::uint64_t id = 0;  // from 1, without gaps; 0: progress, of which only the newest is kept
  std::string name;
  base::json::object data;
};

/// Where a follower is.
struct NewsPlace {
  std::uint64_t after = 0;     // id of the last item it has
  std::uint64_t progress = 0;  // how much progress it has seen
};

/// Thread-safe.
class RunNews final : public RunObserver {
 public:
  void planned(const std::string& run, const std::string& plan,
               const std::vector<std::string>& steps) override;
  void started(const std::string& step) override;
  void progressed(const std::string& step, std::int64_t done, std::int64_t total,
                  const std::string& what) override;
  void ended(const StepOutcome& step) override;
  /// The last item; call it once.
  void finish(const base::Result<RunOutcome>& outcome);

  /// What is new for a follower, and moves its place; blocks until there is something, the run is
  /// over, or the time has passed.
  std::vector<NewsItem> next(NewsPlace& place, std::int64_t wait_us);
  /// True once a follower at `place` has all there will ever be.
  bool is_told(const NewsPlace& place) const;

  /// The run's id; blocks until it has one. The error when it ended before.
  base::Result<std::string> wait_for_run();
  std::string run() const;  // empty before
  bool is_over() const;
  void wait_until_over();

 private:
  void add(std::string name, base::json::object data);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<NewsItem> items_;
  struct Progress {
    std::uint64_t number = 0;
    base::json::object data;
  };
  std::map<std::string, Progress> progress_;  // of running steps
  std::uint64_t progress_number_ = 0;
  std::string run_;
  base::Error error_;
  bool over_ = false;
};

}  // namespace fulcrum::control
