#include "control/run/companion.h"

#include <chrono>
#include <utility>

namespace fulcrum::control {

namespace {

constexpr auto kStopLimit = std::chrono::seconds(10);

}  // namespace

base::Result<Companion> Companion::start(exec::Executor& executor, const exec::LaunchSpec& spec) {
  const auto status = executor.status(spec.job_id);
  const bool runs = status && status->state == exec::RunState::kRunning;
  if (status && !runs) (void)executor.forget(spec.job_id).has_value();
  if (!runs) CHECK_OK(executor.start(spec));
  return Companion(executor, spec.job_id);
}

Companion::Companion(Companion&& other) noexcept
    : executor_(std::exchange(other.executor_, nullptr)), id_(std::move(other.id_)) {}

Companion::~Companion() {
  if (!executor_ || !running() || !executor_->stop(id_)) return;
  // Whoever starts it next must not find it on its way out.
  const auto deadline = std::chrono::steady_clock::now() + kStopLimit;
  while (running() && std::chrono::steady_clock::now() < deadline) executor_->wait(50'000);
}

bool Companion::running() {
  const auto status = executor_->status(id_);
  return status && status->state == exec::RunState::kRunning;
}

int Companion::exit_code() {
  const auto status = executor_->status(id_);
  if (!status || status->state == exec::RunState::kRunning) return 0;
  return status->state == exec::RunState::kExited ? status->exit_code : 1;
}

std::string Companion::log_tail() {
  const auto log = executor_->log(id_, 0, 1 << 20);
  if (!log) return {};
  return log->size() > 2000 ? log->substr(log->size() - 2000) : *log;
}

}  // namespace fulcrum::control
