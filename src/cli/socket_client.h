#pragma once
// HTTP over HOME/engine.sock. libcurl is seen by socket_client.cpp alone.
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::cli {

/// Not thread-safe. A refusal comes back as the base::Error that the server gave; FULCRUM_TOKEN,
/// where it is set (jobs), says who is asking.
class SocketClient {
 public:
  explicit SocketClient(std::string socket_path);
  ~SocketClient();
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  /// Fails with `server.unreachable`, `server.answer`, or what the server says.
  base::Result<base::json::value> post(const std::string& path, const base::json::value& body,
                                       const std::string& idempotency_key);
  base::Result<base::json::value> get(const std::string& path);

 private:
  base::Result<base::json::value> perform(const std::string& path, const std::string* body,
                                          const std::string& idempotency_key);
  std::string socket_path_;
  void* curl_;
};

}  // namespace fulcrum::cli
