#pragma once
// Figures in Prometheus' text format. prometheus-cpp is seen by metrics.cpp alone.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fulcrum::api {

/// Thread-safe.
class Metrics {
 public:
  virtual ~Metrics() = default;
  virtual void count_request(std::string_view route, int status, double seconds) = 0;
  /// `ledger_events` is the ledger's current size.
  virtual std::string text(std::uint64_t ledger_events) = 0;
};

std::unique_ptr<Metrics> make_metrics();

}  // namespace fulcrum::api
