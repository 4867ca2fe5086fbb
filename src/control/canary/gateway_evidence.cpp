#include "control/canary/gateway_evidence.h"

#include <fmt/format.h>

#include <chrono>

#include "base/compress.h"
#include "base/hash.h"
#include "base/json.h"

namespace fulcrum::control {

using release::Arm;

namespace {

constexpr std::size_t kMaxChunkBytes = 1ULL << 30;

std::string quoted(const std::string& text) {
  return base::to_text(base::json::value(base::json::string(text)));
}

bool is_answered(int status) {
  return status >= 200 && status < 400;
}

std::string line_of(const ServedRequest& request) {
  return fmt::format(
      "{{\"time_us\":{},\"id\":{},\"user\":\"{:016x}\",\"arm\":\"{}\",\"status\":{},"
      "\"latency_us\":{},\"slow\":{}}}\n",
      request.time_us, quoted(request.id), request.user, release::arm_name(request.arm),
      request.status, request.latency_us, request.is_slow);
}

}  // namespace

void GatewayEvidence::served(const ServedRequest& request) {
  std::string line = line_of(request);
  {
    const std::lock_guard lock(mutex_);
    if (is_full()) return;
    forget_old(request.time_us);
    apply(request);
    add_line(std::move(line), request.time_us);
  }
  changed_.notify_all();
}

RewardResult GatewayEvidence::reward(const std::string& id, bool is_success, std::int64_t time_us) {
  RewardResult result = RewardResult::kUnknown;
  {
    const std::lock_guard lock(mutex_);
    if (is_full()) return RewardResult::kUnknown;
    result = apply_reward(id, is_success);
    if (result == RewardResult::kCounted)
      add_line(fmt::format("{{\"time_us\":{},\"id\":{},\"reward\":{}}}\n", time_us, quoted(id),
                           is_success ? 1 : 0),
               time_us);
  }
  if (result == RewardResult::kCounted) changed_.notify_all();
  return result;
}

void GatewayEvidence::apply(const ServedRequest& request) {
  const bool answered = is_answered(request.status);
  tally(request.arm).add_request(!answered, request.is_slow, request.latency_us);
  const auto [entry, is_new] = open_.try_emplace(request.id);
  if (is_new) order_.emplace_back(request.time_us, request.id);
  OpenRequest& open = entry->second;
  open.user = request.user;
  open.arm = request.arm;
  open.served = open.served || answered;  // a client may try a failed request again
}

RewardResult GatewayEvidence::apply_reward(const std::string& id, bool is_success) {
  const auto found = open_.find(id);
  if (found == open_.end()) return RewardResult::kUnknown;
  OpenRequest& open = found->second;
  if (open.rewarded) return RewardResult::kRepeated;
  if (!open.served) return RewardResult::kNotServed;
  open.rewarded = true;
  tally(open.arm).add(open.user, is_success);
  return RewardResult::kCounted;
}

void GatewayEvidence::forget_old(std::int64_t now_us) {
  while (!order_.empty() && (order_.size() > limits_.open_requests ||
                             order_.front().first + limits_.open_us < now_us)) {
    open_.erase(order_.front().second);
    order_.pop_front();
  }
}

bool GatewayEvidence::is_full() {
  if (static_cast<std::size_t>(line_count_) < limits_.unsealed_lines) return false;
  ++uncounted_;
  return true;
}

void GatewayEvidence::add_line(std::string line, std::int64_t time_us) {
  if (line_count_ == 0) first_us_ = time_us;
  last_us_ = time_us;
  ++line_count_;
  lines_ += line;
}

base::Result<EvidenceCut> GatewayEvidence::cut() {
  const std::lock_guard one_cut(cutting_);
  EvidenceCut cut;
  std::string lines;
  release::SampleChunk chunk;
  {
    const std::lock_guard lock(mutex_);
    cut.stable = stable_.counts();
    cut.candidate = candidate_.counts();
    if (line_count_ == 0) return cut;
    lines.swap(lines_);
    chunk.count = std::exchange(line_count_, 0);
    chunk.first_us = first_us_;
    chunk.last_us = last_us_;
  }
  const auto compressed = base::compress(lines);
  auto object = compressed ? objects_.put(*compressed)
                           : base::Result<objects::ObjectId>(base::Failure(compressed.error()));
  if (!object) {
    // The lines go back to the front: they are counted already.
    const std::lock_guard lock(mutex_);
    lines_.insert(0, lines);
    line_count_ += chunk.count;
    first_us_ = chunk.first_us;
    if (line_count_ == chunk.count) last_us_ = chunk.last_us;
    return base::Failure(std::move(object).error());
  }
  chunk.object = *object;
  chunk.bytes = static_cast<std::int64_t>(compressed->size());
  cut.chunk = std::move(chunk);
  return cut;
}

base::Status GatewayEvidence::replay(const std::vector<std::string>& objects) {
  for (const std::string& object : objects) {
    TRY(const std::string bytes, objects_.get(object));
    TRY(const std::string text, base::decompress(bytes, kMaxChunkBytes));
    const std::lock_guard lock(mutex_);
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      CHECK_OK(replay_line(std::string_view(text).substr(begin, end - begin)));
      begin = end + 1;
    }
  }
  return {};
}

base::Status GatewayEvidence::replay_line(std::string_view line) {
  TRY(const auto parsed, base::parse_json(line, "request log"));
  const std::int64_t time_us = base::get_integer(parsed, "time_us");
  if (base::find_path(parsed, "reward")) {
    (void)apply_reward(base::get_string(parsed, "id"), base::get_integer(parsed, "reward") == 1);
    return {};
  }
  ServedRequest request;
  request.id = base::get_string(parsed, "id");
  request.user = std::strtoull(base::get_string(parsed, "user").c_str(), nullptr, 16);
  const std::string arm = base::get_string(parsed, "arm");
  if (arm != "stable" && arm != "candidate")
    return base::failed("evidence.syntax", "a request log line names no arm");
  request.arm = arm == "stable" ? Arm::kStable : Arm::kCandidate;
  request.status = static_cast<int>(base::get_integer(parsed, "status"));
  request.time_us = time_us;
  request.latency_us = base::get_integer(parsed, "latency_us");
  request.is_slow = base::get_bool(parsed, "slow");
  forget_old(time_us);
  apply(request);
  return {};
}

release::ArmCounts GatewayEvidence::counts(Arm arm) const {
  const std::lock_guard lock(mutex_);
  return arm == Arm::kStable ? stable_.counts() : candidate_.counts();
}

std::int64_t GatewayEvidence::uncounted() const {
  const std::lock_guard lock(mutex_);
  return uncounted_;
}

void GatewayEvidence::wait(std::int64_t samples, std::int64_t errors,
                           std::int64_t timeout_us) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::microseconds(timeout_us), [&] {
    const auto& a = stable_.counts();
    const auto& b = candidate_.counts();
    return a.samples + b.samples >= samples || a.errors + b.errors >= errors;
  });
}

}  // namespace fulcrum::control
