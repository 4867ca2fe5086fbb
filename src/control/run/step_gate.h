#pragma once
// Plans that run at the same time share steps: the same identity is the same work folder. One of
// them works there while nobody reads in it; the others wait, and then mostly find the result.
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace fulcrum::control {

/// Thread-safe. One for all runs of a process.
class StepGate {
 public:
  /// What a step works with: its own identity, and those whose outputs it reads.
  struct Use {
    std::string writes;
    std::set<std::string> reads;
  };

  /// Held while a step works; given back when destroyed. Not copyable.
  class Pass {
   public:
    Pass() = default;
    Pass(StepGate& gate, Use use) : gate_(&gate), use_(std::move(use)) {}
    Pass(Pass&& other) noexcept;
    Pass& operator=(Pass&& other) noexcept;
    ~Pass();
    /// False: the run was interrupted while it waited.
    explicit operator bool() const { return gate_ != nullptr; }

   private:
    StepGate* gate_ = nullptr;
    Use use_;
  };

  /// Blocks until all of it is free at once, so that no two steps wait for each other; returns an
  /// empty pass soon after `interrupted` is set.
  Pass enter(Use use, const std::atomic<bool>& interrupted);

 private:
  bool is_free(const Use& use) const;
  void leave(const Use& use);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> writers_;
  std::map<std::string, int> readers_;
};

}  // namespace fulcrum::control
