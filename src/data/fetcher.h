#pragma once
// Fetching over HTTP, and waiting, as ports: sources never see libcurl or a clock.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace fulcrum::data {

struct FetchRequest {
  std::string url;
  std::map<std::string, std::string> headers = {};
  std::int64_t timeout_s = 30;
  std::size_t max_bytes = 64U << 20;
};

struct FetchReply {
  long status = 0;
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string final_url;                       // after redirects
};

/// Not thread-safe. Any HTTP status is a reply; failures are `fetch.connect`, `fetch.timeout`,
/// `fetch.too_large`, `fetch.url`.
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  virtual base::Result<FetchReply> fetch(const FetchRequest& request) = 0;
};

/// libcurl; follows at most five redirects, to http and https only.
std::unique_ptr<Fetcher> open_curl_fetcher();

/// The twin: answers from a function and remembers what was asked.
class MemoryFetcher final : public Fetcher {
 public:
  using Answer = std::function<base::Result<FetchReply>(const FetchRequest&, std::size_t attempt)>;
  /// `attempt` counts the requests for the same URL from 0.
  explicit MemoryFetcher(Answer answer) : answer_(std::move(answer)) {}
  base::Result<FetchReply> fetch(const FetchRequest& request) override {
    asked_.push_back(request.url);
    auto reply = answer_(request, attempts_[request.url]++);
    if (reply && reply->final_url.empty()) reply->final_url = request.url;
    return reply;
  }
  const std::vector<std::string>& asked() const { return asked_; }

 private:
  Answer answer_;
  std::map<std::string, std::size_t> attempts_;
  std::vector<std::string> asked_;
};

/// Time for whoever has to be patient. Not thread-safe.
class Waiter {
 public:
  virtual ~Waiter() = default;
  virtual std::int64_t now_us() const = 0;
  virtual void wait_us(std::int64_t duration_us) = 0;
};
std::unique_ptr<Waiter> system_waiter();

/// The twin: waiting moves its clock and takes no time.
class ManualWaiter final : public Waiter {
 public:
  std::int64_t now_us() const override { return now_us_; }
  void wait_us(std::int64_t duration_us) override {
    now_us_ += duration_us;
    waited_.push_back(duration_us);
  }
  const std::vector<std::int64_t>& waited() const { return waited_; }

 private:
  std::int64_t now_us_ = 0;
  std::vector<std::int64_t> waited_;
};

}  // namespace fulcrum::data
