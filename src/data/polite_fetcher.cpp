#include "data/polite_fetcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace fulcrum::data {

namespace {
bool is_transient(long status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}
}  // namespace

void PoliteFetcher::slow_to(double delay_s) {
  if (delay_s > 0)
    policy_.rate_per_s =
        policy_.rate_per_s <= 0 ? 1 / delay_s : std::min(policy_.rate_per_s, 1 / delay_s);
}

void PoliteFetcher::wait_for_turn() {
  if (policy_.rate_per_s <= 0) return;
  const std::int64_t now_us = waiter_.now_us();
  if (next_turn_us_ > now_us) waiter_.wait_us(next_turn_us_ - now_us);
  next_turn_us_ =
      std::max(next_turn_us_, now_us) + static_cast<std::int64_t>(1e6 / policy_.rate_per_s);
}

std::int64_t PoliteFetcher::backoff_us(unsigned attempt, const FetchReply* reply) {
  double wait_s = policy_.backoff_s * std::pow(2.0, attempt) * (1 + 0.25 * random_.uniform());
  if (reply) {
    const auto found = reply->headers.find("retry-after");
    if (found != reply->headers.end())
      wait_s = std::max(wait_s, std::strtod(found->second.c_str(), nullptr));
  }
  return static_cast<std::int64_t>(std::min(wait_s, policy_.max_backoff_s) * 1e6);
}

base::Result<FetchReply> PoliteFetcher::get(const std::string& url) {
  FetchRequest request{.url = url, .headers = policy_.headers, .timeout_s = policy_.timeout_s};
  request.headers.emplace("User-Agent", policy_.user_agent);
  for (unsigned attempt = 0;; ++attempt) {
    wait_for_turn();
    ++counters_.requests;
    auto reply = fetcher_.fetch(request);
    if (reply) counters_.bytes += static_cast<std::int64_t>(reply->body.size());
    const bool hopeless =
        !reply && (reply.error().code == "fetch.url" || reply.error().code == "fetch.too_large");
    if (hopeless || (reply && !is_transient(reply->status))) return reply;
    if (attempt >= policy_.retries) {
      if (!reply) return reply;
      return base::failed("fetch.status",
                          fmt::format("{} answered {} {} times", url, reply->status, attempt + 1),
                          "try again later, or raise `retries`");
    }
    ++counters_.retries;
    waiter_.wait_us(backoff_us(attempt, reply ? &*reply : nullptr));
  }
}

}  // namespace fulcrum::data
