#include "control/run/step_gate.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace fulcrum::control {

namespace {

constexpr std::chrono::milliseconds kLook{200};  // at the flag, which wakes nobody

}  // namespace

StepGate::Pass::Pass(Pass&& other) noexcept
    : gate_(std::exchange(other.gate_, nullptr)), use_(std::move(other.use_)) {}

StepGate::Pass& StepGate::Pass::operator=(Pass&& other) noexcept {
  std::swap(gate_, other.gate_);
  std::swap(use_, other.use_);
  return *this;
}

StepGate::Pass::~Pass() {
  if (gate_) gate_->leave(use_);
}

StepGate::Pass StepGate::enter(Use use, const std::atomic<bool>& interrupted) {
  std::unique_lock lock(mutex_);
  while (!is_free(use)) {
    if (interrupted) return {};
    changed_.wait_for(lock, kLook);
  }
  writers_.insert(use.writes);
  for (const auto& identity : use.reads) ++readers_[identity];
  return {*this, std::move(use)};
}

bool StepGate::is_free(const Use& use) const {
  return !writers_.contains(use.writes) && !readers_.contains(use.writes) &&
         std::none_of(use.reads.begin(), use.reads.end(),
                      [&](const auto& identity) { return writers_.contains(identity); });
}

void StepGate::leave(const Use& use) {
  const std::lock_guard lock(mutex_);
  writers_.erase(use.writes);
  for (const auto& identity : use.reads)
    if (--readers_[identity] == 0) readers_.erase(identity);
  changed_.notify_all();
}

}  // namespace fulcrum::control
