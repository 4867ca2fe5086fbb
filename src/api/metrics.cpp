#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <map>
#include <mutex>

namespace fulcrum::api {

namespace {

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

class PrometheusMetrics final : public Metrics {
 public:
  PrometheusMetrics()
      : requests_(prometheus::BuildCounter()
                      .Name("fulcrum_http_requests_total")
                      .Help("Requests answered, by route and status")
                      .Register(registry_)),
        durations_(prometheus::BuildHistogram()
                       .Name("fulcrum_http_request_duration_seconds")
                       .Help("Time to answer, by route")
                       .Register(registry_)),
        events_(gauge("fulcrum_ledger_events", "Events in the ledger")),
        memory_(gauge("process_resident_memory_bytes", "Resident memory")) {
    gauge("process_start_time_seconds", "When this process started, Unix time")
        .Set(static_cast<double>(std::time(nullptr)));
  }

  void count_request(std::string_view route, int status, double seconds) override {
    const std::lock_guard lock(mutex_);
    auto& known = known_[{std::string(route), status}];
    if (!known.counter) {
      known.counter =
          &requests_.Add({{"route", std::string(route)}, {"status", std::to_string(status)}});
      known.duration = &durations_.Add({{"route", std::string(route)}},
                                       prometheus::Histogram::BucketBoundaries{
                                           0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5});
    }
    known.counter->Increment();
    known.duration->Observe(seconds);
  }

  std::string text(std::uint64_t ledger_events) override {
    events_.Set(static_cast<double>(ledger_events));
    memory_.Set(resident_bytes());
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

 private:
  prometheus::Gauge& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add({});
  }

  struct Known {
    prometheus::Counter* counter = nullptr;
    prometheus::Histogram* duration = nullptr;
  };
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Gauge& events_;
  prometheus::Gauge& memory_;
  std::mutex mutex_;
  std::map<std::pair<std::string, int>, Known> known_;
};

}  // namespace

std::unique_ptr<Metrics> make_metrics() {
  return std::make_unique<PrometheusMetrics>();
}

}  // namespace fulcrum::api
