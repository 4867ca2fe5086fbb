#pragma once
// HTTP/1.1 server on TCP loopback and Unix sockets. Beast is seen by http_server.cpp alone.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fulcrum::http {

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // decoded, without the query: "/api/v1/ledger"
  std::vector<std::pair<std::string, std::string>> query;    // decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  bool from_unix_socket = false;

  /// First match or the fallback.
  std::string header(std::string_view lower_name, std::string fallback = {}) const;
  std::string parameter(std::string_view name, std::string fallback = {}) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Set for a Server-Sent Events stream: called on a server thread, repeatedly, to obtain the
  /// next chunk; waits at most about a second; nullopt ends the stream, "" is a keep-alive.
  std::function<std::optional<std::string>()> stream = {};
};

/// Called on server threads, several at once.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  int port = -1;                 // -1: no TCP; 0: any free port
  std::string unix_socket = {};  // empty: none; created owner-only, a stale one is replaced
  unsigned threads = 2;
  std::size_t max_body_bytes = 64 << 20;
};

/// Serves until destroyed; the destructor closes the listeners, ends streams and joins threads.
class HttpServer {
 public:
  virtual ~HttpServer() = default;
  virtual std::uint16_t port() const = 0;  // 0 without TCP
};

/// Fails with `http.listen`.
base::Result<std::unique_ptr<HttpServer>> start_http_server(HttpServerOptions options,
                                                            HttpHandler handler);

}  // namespace fulcrum::http
