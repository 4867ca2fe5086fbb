#pragma once
// HTTP text without Beast; used by http_server.cpp and the stream threads.
#include <string>
#include <string_view>

#include "http/http_server.h"

namespace fulcrum::http {

/// Fills path and query from a request target in origin form; false when it is malformed.
bool set_target(HttpRequest& request, std::string_view target);

struct HeadOptions {
  bool keep_alive = true;
  bool say_keep_alive = false;  // HTTP/1.0 peers need to be told
  bool with_body = true;        // false for HEAD
};
/// Status line, headers and body as bytes to send. Content-Length is left out for streams.
std::string response_head(const HttpResponse& response, const HeadOptions& options);

/// An error body from fixed texts (they must need no JSON escaping).
HttpResponse plain_failure(int status, std::string_view code, std::string_view message);

}  // namespace fulcrum::http
