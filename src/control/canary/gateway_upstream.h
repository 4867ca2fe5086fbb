#pragma once
// HTTP calls to a model server over kept-alive connections. libcurl is seen by its .cpp alone.
#include <memory>
#include <string>

#include "base/result.h"

namespace fulcrum::control {

struct UpstreamAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

/// Thread-safe: each call takes a connection of its own from the pool, which grows to the number of
/// calls at the same time.
class Upstream {
 public:
  virtual ~Upstream() = default;
  /// Fails with `upstream.unreachable`, `upstream.timeout`.
  virtual base::Result<UpstreamAnswer> post(const std::string& path, const std::string& body) = 0;
  virtual base::Result<UpstreamAnswer> get(const std::string& path) = 0;
};

/// `url` is "http://127.0.0.1:1234", without a path.
std::unique_ptr<Upstream> open_upstream(const std::string& url, std::int64_t timeout_ms);

}  // namespace fulcrum::control
