#include "control/run/run_news.h"

#include <chrono>

#include "control/run/run_json.h"

namespace fulcrum::control {

namespace json = base::json;

void RunNews::add(std::string name, json::object data) {
  items_.push_back({items_.size() + 1, std::move(name), std::move(data)});
  changed_.notify_all();
}

void RunNews::planned(const std::string& run, const std::string& plan,
                      const std::vector<std::string>& steps) {
  json::array ids;
  for (const auto& step : steps) ids.push_back(json::string(step));
  const std::lock_guard lock(mutex_);
  run_ = run;
  add("planned", {{"run", run}, {"plan", plan}, {"steps", std::move(ids)}});
}

void RunNews::started(const std::string& step) {
  const std::lock_guard lock(mutex_);
  add("step", {{"id", step}, {"state", "running"}, {"cached", false}, {"seconds", 0.0}});
}

void RunNews::progressed(const std::string& step, std::int64_t done, std::int64_t total,
                         const std::string& what) {
  const std::lock_guard lock(mutex_);
  progress_[step] = {++progress_number_,
                     {{"id", step}, {"done", done}, {"total", total}, {"what", what}}};
  changed_.notify_all();
}

void RunNews::ended(const StepOutcome& step) {
  const std::lock_guard lock(mutex_);
  progress_.erase(step.id);
  add("step", step_as_json(step));
}

void RunNews::finish(const base::Result<RunOutcome>& outcome) {
  const std::lock_guard lock(mutex_);
  progress_.clear();
  over_ = true;
  if (outcome) {
    add("ended", outcome_as_json(*outcome));
    return;
  }
  error_ = outcome.error();
  add("failed", {{"error", error_as_json(error_)}, {"status", base::http_status(error_)}});
}

std::vector<NewsItem> RunNews::next(NewsPlace& place, std::int64_t wait_us) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::microseconds(wait_us), [&] {
    return items_.size() > place.after || progress_number_ > place.progress || over_;
  });
  std::vector<NewsItem> news;
  for (; place.after < items_.size(); ++place.after) news.push_back(items_[place.after]);
  for (const auto& [step, progress] : progress_)
    if (progress.number > place.progress) news.push_back({0, "progress", progress.data});
  place.progress = progress_number_;
  return news;
}

bool RunNews::is_told(const NewsPlace& place) const {
  const std::lock_guard lock(mutex_);
  return over_ && place.after >= items_.size();
}

base::Result<std::string> RunNews::wait_for_run() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return over_ || !run_.empty(); });
  if (run_.empty()) return base::Failure(error_);
  return run_;
}

std::string RunNews::run() const {
  const std::lock_guard lock(mutex_);
  return run_;
}

bool RunNews::is_over() const {
  const std::lock_guard lock(mutex_);
  return over_;
}

void RunNews::wait_until_over() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return over_; });
}

}  // namespace fulcrum::control
