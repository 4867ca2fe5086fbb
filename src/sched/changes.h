#pragma once
// What changed in the scheduler's state, so that whoever mirrors it looks at those things alone.
#include <atomic>
#include <cstdint>
#include <deque>
#include <string>

namespace fulcrum::sched {

enum class ChangeOf { kJob, kAvailability, kNodes, kQuotas, kReservations };

struct Change {
  ChangeOf of = ChangeOf::kJob;
  std::string name;
};

/// A bounded list with positions that only grow. A copy starts a list of its own, since the two
/// states go different ways.
class ChangeLog {
 public:
  static constexpr std::size_t kMost = 100'000;

  ChangeLog() = default;
  ChangeLog(const ChangeLog&) : ChangeLog() {}
  ChangeLog(ChangeLog&&) = default;
  ChangeLog& operator=(const ChangeLog&) { return *this = ChangeLog(); }
  ChangeLog& operator=(ChangeLog&&) = default;

  void add(ChangeOf of, const std::string& name) {
    if (changes_.size() == kMost) {
      changes_.pop_front();
      ++begin_;
    }
    changes_.push_back({of, name});
  }
  /// Differs between any two lists of one process.
  std::uint64_t id() const { return id_; }
  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return begin_ + changes_.size(); }
  const Change& at(std::uint64_t position) const { return changes_[position - begin_]; }

 private:
  static std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
  }
  std::uint64_t id_ = next_id();
  std::uint64_t begin_ = 0;
  std::deque<Change> changes_;
};

}  // namespace fulcrum::sched
