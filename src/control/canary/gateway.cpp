#include "control/canary/gateway.h"

#include <fmt/format.h>

#include <chrono>

#include "base/json.h"
#include "base/random.h"

namespace fulcrum::control {

using release::Arm;

namespace {

namespace json = base::json;

constexpr std::size_t kMaxIdBytes = 200;

GatewayResponse error_response(int status, std::string_view message) {
  return {.status = status, .body = base::to_text(json::object{{"error", message}})};
}

std::string fresh_id(std::uint64_t number) {
  std::uint64_t random = 0;
  base::secure_random(&random, sizeof random);
  return fmt::format("gateway-{:x}-{:016x}", number, random);
}

/// What the split needs to know of a request.
struct Asker {
  std::string id;
  std::string user;
};

base::Result<Asker> asker_of(const std::string& body) {
  TRY(const json::value parsed, base::parse_json(body, "request body"));
  if (!parsed.is_object()) return base::usage("json.type", "the request body must be an object");
  Asker asker;
  asker.id = base::get_string(parsed, "id");
  if (asker.id.size() > kMaxIdBytes)
    return base::usage("request.id", fmt::format("an id has at most {} bytes", kMaxIdBytes), "id");
  if (const auto* user = base::find_path(parsed, "parameters.user"))
    asker.user = user->is_string() ? std::string(user->get_string()) : base::to_text(*user);
  return asker;
}

std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Gateway::Gateway(GatewayOptions options, objects::Store& objects)
    : options_(std::move(options)),
      infer_path_("/v2/models/" + options_.model + "/infer"),
      evidence_(objects, options_.limits) {}

void Gateway::open_arm(Arm arm, const std::string& url) {
  std::shared_ptr<Upstream> opened = open_upstream(url, options_.timeout_ms);
  const std::lock_guard lock(mutex_);
  arms_[static_cast<int>(arm)] = std::move(opened);
}

void Gateway::close_arm(Arm arm) {
  const std::lock_guard lock(mutex_);
  arms_[static_cast<int>(arm)].reset();
}

std::shared_ptr<Upstream> Gateway::upstream(Arm arm) const {
  const std::lock_guard lock(mutex_);
  return arms_[static_cast<int>(arm)];
}

const std::string& Gateway::version(Arm arm) const {
  return arm == Arm::kStable ? options_.stable_version : options_.candidate_version;
}

GatewayResponse Gateway::handle(const GatewayRequest& request) {
  if (request.method == "POST") {
    if (request.path == infer_path_) return infer(request);
    if (request.path == "/v2/feedback") return feedback(request);
  } else if (request.method == "GET") {
    if (request.path == "/v2/health/live") return {.body = "{\"live\":true}"};
    if (request.path == "/v2/health/ready" ||
        request.path == "/v2/models/" + options_.model + "/ready") {
      const bool is_ready = upstream(Arm::kStable) != nullptr;
      return {.status = is_ready ? 200 : 503, .body = fmt::format("{{\"ready\":{}}}", is_ready)};
    }
    if (request.path == "/v2/gateway") return status();
  }
  return error_response(404, "no such route: " + request.method + " " + request.path);
}

GatewayResponse Gateway::infer(const GatewayRequest& request) {
  auto asker = asker_of(request.body);
  if (!asker) return error_response(400, asker.error().message);
  if (asker->id.empty()) asker->id = fresh_id(next_id_++);
  const std::string& user = asker->user.empty() ? asker->id : asker->user;

  const auto stable = upstream(Arm::kStable);
  if (!stable) return error_response(503, "no model server is ready yet");
  const auto candidate = upstream(Arm::kCandidate);
  ServedRequest served;
  served.id = asker->id;
  served.user = release::user_key(user, options_.release);
  served.arm = candidate ? release::arm_of(served.user, options_.candidate_share) : Arm::kStable;
  served.time_us = options_.clock->now_us();

  const std::int64_t begin_us = steady_us();
  auto answer = (served.arm == Arm::kStable ? stable : candidate)->post(request.path, request.body);
  served.latency_us = steady_us() - begin_us;
  served.status = answer ? answer->status : 0;
  served.is_slow = options_.latency_limit_ms > 0 &&
                   static_cast<double>(served.latency_us) > options_.latency_limit_ms * 1000.0;
  // Without a candidate there is nothing to compare: users of both arms are served by one.
  if (candidate) evidence_.served(served);

  Arm shown = served.arm;
  const bool is_broken = !answer || answer->status >= 500;
  if (is_broken && served.arm == Arm::kCandidate && options_.fall_back_to_stable) {
    answer = stable->post(request.path, request.body);
    shown = Arm::kStable;
  }
  GatewayResponse response;
  if (!answer) {
    response = error_response(502, answer.error().message);
  } else if (answer->status >= 500) {
    response = error_response(502, fmt::format("the model server answered {}", answer->status));
  } else {
    response = {.status = answer->status,
                .body = std::move(answer->body),
                .content_type = std::move(answer->content_type)};
  }
  response.headers = {{"x-model-version", version(shown)}, {"x-request-id", asker->id}};
  return response;
}

GatewayResponse Gateway::feedback(const GatewayRequest& request) {
  const auto parsed = base::parse_json(request.body, "request body");
  if (!parsed) return error_response(400, parsed.error().message);
  const std::string id = base::get_string(*parsed, "id");
  if (id.empty()) return error_response(400, "feedback needs the id of its request");
  const double reward = base::get_number(*parsed, "reward", -1);
  if (reward != 0 && reward != 1) return error_response(400, "a reward is 0 or 1");
  // Simulated rewards in a real release would decide about real users.
  if (base::get_bool(*parsed, "simulated") && !options_.simulated)
    return error_response(409, "this release takes no simulated rewards");
  bool counted = false;
  switch (evidence_.reward(id, reward == 1, options_.clock->now_us())) {
    case RewardResult::kCounted:
      counted = true;
      break;
    case RewardResult::kRepeated:
      break;
    case RewardResult::kNotServed:
      break;
    case RewardResult::kUnknown:
      return error_response(404, "no open request has the id " + id);
  }
  return {.body = base::to_text(json::object{{"id", id}, {"counted", counted}})};
}

GatewayResponse Gateway::status() const {
  const auto arm = [&](Arm which) {
    const auto counts = evidence_.counts(which);
    return json::object{{"version", version(which)},     {"ready", upstream(which) != nullptr},
                        {"requests", counts.requests},   {"errors", counts.errors},
                        {"slow", counts.slow},           {"samples", counts.samples},
                        {"successes", counts.successes}, {"users", counts.users}};
  };
  return {.body = base::to_text(json::object{{"model", options_.model},
                                             {"release", options_.release},
                                             {"candidate_share", options_.candidate_share},
                                             {"simulated", options_.simulated},
                                             {"uncounted", evidence_.uncounted()},
                                             {"stable", arm(Arm::kStable)},
                                             {"candidate", arm(Arm::kCandidate)}})};
}

}  // namespace fulcrum::control
