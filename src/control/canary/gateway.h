#pragma once
// The front door of a released model: splits users between the stable and the candidate version,
// joins rewards to the version that earned them, and keeps the evidence. Speaks the Open Inference
// Protocol; any HTTP server can carry it (plain structs in and out).
//
//   POST /v2/models/MODEL/infer  to an arm's model server; answers with its body and the headers
//                                x-model-version, x-request-id (the body's "id", or a new one)
//   POST /v2/feedback            {"id","reward":0|1,"simulated"?} -> {"id","counted"}
//   GET  /v2/health/live, /v2/health/ready, /v2/models/MODEL/ready
//   GET  /v2/gateway             split and counts
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "control/canary/gateway_evidence.h"
#include "control/canary/gateway_upstream.h"

namespace fulcrum::control {

struct GatewayRequest {
  std::string method;
  std::string path;
  std::string body;
};

struct GatewayResponse {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
};

struct GatewayOptions {
  std::string model;
  std::string release;  // names the split: each release draws its users anew
  std::string stable_version;
  std::string candidate_version;  // empty: no canary, everything goes to the stable
  double candidate_share = 0.5;
  double latency_limit_ms = 0;  // slower answers count as slow; 0: none does
  std::int64_t timeout_ms = 10'000;
  bool simulated = false;            // the release's: simulated rewards are refused without it
  bool fall_back_to_stable = false;  // when the candidate fails; the error still counts
  EvidenceLimits limits = {};
  const base::Clock* clock = &base::system_clock();
};

/// Thread-safe.
class Gateway {
 public:
  Gateway(GatewayOptions options, objects::Store& objects);

  /// Never throws and never blocks longer than the arms' time limit.
  GatewayResponse handle(const GatewayRequest& request);

  /// Sends an arm's traffic to this server from now on; only once it is ready. Until both arms have
  /// one, the stable serves everybody and nothing is counted.
  void open_arm(release::Arm arm, const std::string& url);
  /// No more traffic to the arm.
  void close_arm(release::Arm arm);

  GatewayEvidence& evidence() { return evidence_; }
  const GatewayEvidence& evidence() const { return evidence_; }

 private:
  GatewayResponse infer(const GatewayRequest& request);
  GatewayResponse feedback(const GatewayRequest& request);
  GatewayResponse status() const;
  std::shared_ptr<Upstream> upstream(release::Arm arm) const;
  const std::string& version(release::Arm arm) const;

  const GatewayOptions options_;
  const std::string infer_path_;
  GatewayEvidence evidence_;
  mutable std::mutex mutex_;
  std::shared_ptr<Upstream> arms_[2];
  std::atomic<std::uint64_t> next_id_{1};
};

}  // namespace fulcrum::control
