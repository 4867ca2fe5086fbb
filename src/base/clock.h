#pragma once
// Time as a port: cores take `now_us` as an argument; only src/control and below-handed ports read
// a clock.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fulcrum::base {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Microseconds since 1970-01-01T00:00:00Z.
  virtual std::int64_t now_us() const = 0;
};

/// The operating system's clock; thread-safe.
const Clock& system_clock();

/// A clock that stands still until it is moved; not thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t now_us = 0) : now_us_(now_us) {}
  std::int64_t now_us() const override { return now_us_; }
  void advance_us(std::int64_t by_us) { now_us_ += by_us; }

 private:
  std::int64_t now_us_;
};

/// "2026-10-31T09:30:00.000000Z".
std::string iso_time(std::int64_t time_us);
/// Reads ISO 8601 in UTC or with an offset, with or without fraction, "T" or space, and a bare
/// date. Fails with `time.syntax`.
Result<std::int64_t> parse_iso_time(std::string_view text);

}  // namespace fulcrum::base
