#include "control/canary/canary.h"

#include <fmt/format.h>

#include <chrono>
#include <limits>

#include "control/canary/canary_record.h"

namespace fulcrum::control {

using release::Arm;

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kPollUs = 200'000;
constexpr std::int64_t kErrorsForALook = 5;  // a failing candidate has few samples: look anyway
constexpr double kIdleLookS = 10;            // … and at least so often while requests come

bool is_interrupted(const std::function<bool()>& interrupted) {
  return interrupted && interrupted();
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Counts the recorded chunks again and compares with what the ledger says.
base::Status restore(Gateway& gateway, const CanaryRecord& record) {
  CHECK_OK(gateway.evidence().replay(record.chunks()));
  for (const Arm arm : {Arm::kStable, Arm::kCandidate})
    if (gateway.evidence().counts(arm) != record.counts(arm))
      return base::failed("canary.evidence",
                          fmt::format("the sealed request log does not give the counts recorded "
                                      "for the {}",
                                      release::arm_name(arm)),
                          "abort this release and start another");
  return {};
}

GatewayOptions gateway_options(const CanarySpec& spec, const CanaryPorts& ports,
                               const CanaryRecord& record) {
  GatewayOptions options;
  options.model = spec.start.model;
  options.release = spec.start.release;
  options.stable_version = record.stable_version();
  options.candidate_version = spec.start.candidate;
  options.candidate_share = spec.start.policy.candidate_share;
  options.latency_limit_ms = spec.start.policy.latency_limit_ms;
  options.timeout_ms = spec.request_timeout_ms;
  options.simulated = spec.start.simulated;
  options.fall_back_to_stable = spec.fall_back_to_stable;
  options.clock = ports.clock;
  return options;
}

/// The looks of one run of the canary.
class Watch {
 public:
  Watch(const CanarySpec& spec, const CanaryPorts& ports, CanaryRecord& record, Gateway& gateway)
      : spec_(spec),
        ports_(ports),
        record_(record),
        evidence_(gateway.evidence()),
        elapsed_before_s_(record.elapsed_s()) {
    remember();
  }

  base::Result<CanaryOutcome> run(CanaryPart& stable, CanaryPart* traffic) {
    for (;;) {
      evidence_.wait(samples_ + spec_.look_every_samples, errors_ + kErrorsForALook, kPollUs);
      const bool interrupted = is_interrupted(ports_.interrupted);
      const bool traffic_ended = traffic && !traffic->running();
      if (interrupted || traffic_ended || is_due()) {
        const bool is_last = traffic_ended && traffic->exit_code() == 0;
        CHECK_OK(look(is_last));
        if (record_.ended()) return record_.outcome();
      }
      if (interrupted)
        return base::failed("run.interrupted", "interrupted during the canary",
                            "run it again: it goes on from the last look");
      if (traffic_ended)
        return base::failed("canary.traffic",
                            fmt::format("the traffic's program ended with {}; its log ends:\n{}",
                                        traffic->exit_code(), traffic->log_tail()));
      if (!stable.running())
        return base::failed("canary.stable_down",
                            "the stable's model server ended; its log ends:\n" + stable.log_tail());
    }
  }

 private:
  bool is_due() const {
    const auto stable = evidence_.counts(Arm::kStable),
               candidate = evidence_.counts(Arm::kCandidate);
    const std::int64_t samples = stable.samples + candidate.samples;
    const std::int64_t requests = stable.requests + candidate.requests;
    const double cap_s = spec_.start.policy.max_duration_s;
    return samples >= samples_ + spec_.look_every_samples ||
           samples >= spec_.start.policy.max_samples ||
           stable.errors + candidate.errors >= errors_ + kErrorsForALook ||
           (requests > requests_ && seconds_since(looked_) > kIdleLookS) ||
           (cap_s > 0 && elapsed_s() >= cap_s);
  }

  double elapsed_s() const { return elapsed_before_s_ + seconds_since(began_); }

  base::Status look(bool is_last) {
    TRY(const EvidenceCut cut, evidence_.cut());
    CHECK_OK(record_.look(cut, elapsed_s(), is_last));
    remember();
    if (!record_.ended()) evidence_.wait(kNever, kNever, spec_.min_look_interval_us);
    return {};
  }

  void remember() {
    const auto stable = record_.counts(Arm::kStable), candidate = record_.counts(Arm::kCandidate);
    samples_ = stable.samples + candidate.samples;
    requests_ = stable.requests + candidate.requests;
    errors_ = stable.errors + candidate.errors;
    looked_ = std::chrono::steady_clock::now();
  }

  const CanarySpec& spec_;
  const CanaryPorts& ports_;
  CanaryRecord& record_;
  GatewayEvidence& evidence_;
  const double elapsed_before_s_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point looked_;
  std::int64_t samples_ = 0, requests_ = 0, errors_ = 0;  // at the last look
};

}  // namespace

base::Status wait_until_ready(CanaryPart& server, std::int64_t limit_s,
                              const std::function<bool()>& interrupted) {
  const auto upstream = open_upstream(server.url(), 2000);
  const auto begin = std::chrono::steady_clock::now();
  std::mutex mutex;
  std::condition_variable never;
  while (seconds_since(begin) < static_cast<double>(limit_s)) {
    const auto answer = upstream->get("/v2/health/ready");
    if (answer && answer->status == 200) return {};
    if (is_interrupted(interrupted))
      return base::failed("run.interrupted", "interrupted while a model server was starting");
    if (!server.running()) break;
    std::unique_lock lock(mutex);
    never.wait_for(lock, std::chrono::milliseconds(50));
  }
  return base::failed("canary.not_ready",
                      fmt::format("the model server at {} was not ready; its log ends:\n{}",
                                  server.url(), server.log_tail()));
}

base::Result<CanaryOutcome> run_canary(const CanarySpec& spec, const CanaryPorts& ports) {
  TRY(CanaryRecord record, CanaryRecord::open(spec, ports));
  if (record.ended()) return record.outcome();
  Gateway gateway(gateway_options(spec, ports, record), *ports.objects);
  CHECK_OK(restore(gateway, record));

  // Destroyed in reverse: first the traffic ends, last the model servers.
  TRY(const auto stable, ports.start_server(Arm::kStable));
  TRY(const auto candidate, ports.start_server(Arm::kCandidate));
  CHECK_OK(wait_until_ready(*stable, spec.ready_limit_s, ports.interrupted));
  CHECK_OK(wait_until_ready(*candidate, spec.ready_limit_s, ports.interrupted));
  gateway.open_arm(Arm::kStable, stable->url());
  gateway.open_arm(Arm::kCandidate, candidate->url());
  TRY(const auto front, ports.serve(gateway));
  std::unique_ptr<CanaryPart> traffic;
  if (ports.start_traffic) {
    TRY(traffic, ports.start_traffic(front->url(), record.observations()));
  }
  return Watch(spec, ports, record, gateway).run(*stable, traffic.get());
}

}  // namespace fulcrum::control
