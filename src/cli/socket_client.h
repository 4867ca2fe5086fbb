#pragma once
// HTTP over HOME/engine.sock. libcurl is seen by socket_client.cpp alone.
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/stream_reader.h"

namespace fulcrum::cli {

/// What an HTTP status says about a failure.
base::ErrorKind kind_of_status(long status);

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
  /// Server-Sent Events after the one with the id `last` (empty: from the start), until the server
  /// closes the stream or has been silent for a minute. Fails as get() does; also when the
  /// connection broke.
  base::Status stream(const std::string& path, const std::string& last,
                      const std::function<void(const StreamEvent&)>& told);

 private:
  struct Reply;
  base::Status transfer(const std::string& path, const std::vector<std::string>& headers,
                        Reply& reply);
  base::Result<base::json::value> perform(const std::string& path, const std::string* body,
                                          const std::string& idempotency_key);
  std::string socket_path_;
  void* curl_;
};

}  // namespace fulcrum::cli
