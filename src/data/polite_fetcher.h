#pragma once
// One request after another, no faster than allowed, tried again where that may help.
#include "base/random.h"
#include "data/fetcher.h"

namespace fulcrum::data {

struct FetchPolicy {
  double rate_per_s = 10;     // requests; 0: no limit
  unsigned retries = 5;       // after the first attempt
  double backoff_s = 0.5;     // doubles with each retry, with up to 25 % of jitter on top
  double max_backoff_s = 30;  // also the most that a Retry-After is believed
  std::int64_t timeout_s = 30;
  std::string user_agent = "FulcrumBot/0.1";
  std::map<std::string, std::string> headers = {};
};

struct FetchCounters {
  std::int64_t requests = 0;  // every attempt
  std::int64_t retries = 0;
  std::int64_t bytes = 0;
};

class PoliteFetcher {
 public:
  PoliteFetcher(Fetcher& fetcher, Waiter& waiter, FetchPolicy policy, std::uint64_t seed)
      : fetcher_(fetcher), waiter_(waiter), policy_(std::move(policy)), random_(seed) {}

  /// Retries after 408, 425, 429, 5xx, timeouts and lost connections. Fails with the last
  /// failure, or `fetch.status` when the last status is one of those. Other statuses (404) are
  /// replies.
  base::Result<FetchReply> get(const std::string& url);
  /// Slows down to at most one request in `delay_s` (a robots.txt's Crawl-delay).
  void slow_to(double delay_s);
  const FetchCounters& counters() const { return counters_; }

 private:
  void wait_for_turn();
  std::int64_t backoff_us(unsigned attempt, const FetchReply* reply);

  Fetcher& fetcher_;
  Waiter& waiter_;
  FetchPolicy policy_;
  base::Random random_;
  FetchCounters counters_;
  std::int64_t next_turn_us_ = 0;
};

}  // namespace fulcrum::data
