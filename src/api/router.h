#pragma once
// The HTTP interface over an engine: authentication, routes, errors as JSON. No templates: routes
// for commands and queries come from the pillars' specs.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/authenticator.h"
#include "api/http_server.h"
#include "base/result.h"
#include "control/engine/engine.h"

namespace fulcrum::api {

enum class Access {
  kOpen,   // anybody who reaches the port; the identity is then a viewer named "anonymous"
  kToken,  // a bearer token, or the owner's own process on the Unix socket
};

using RouteHandler = std::function<HttpResponse(const HttpRequest&, const Identity&)>;

struct RouterOptions {
  /// Refuse Host headers other than this machine's own names: a web page elsewhere whose name was
  /// pointed at 127.0.0.1 then gets no answer. Switch off only behind a proxy.
  bool loopback_hosts_only = true;
};

/// Thread-safe once mounting is done.
class Router {
 public:
  virtual ~Router() = default;
  /// Every path that is `prefix` or below it ("/v2" takes "/v2" and "/v2/models"); the longest
  /// prefix wins, and wins over built-in routes. `methods` such as "GET, POST" (others get 405).
  /// Mount before the server starts.
  virtual void mount(std::string prefix, std::string methods, Access access,
                     RouteHandler handler) = 0;
  virtual HttpResponse handle(const HttpRequest& request) = 0;
};

/// `engine` and `authenticator` must outlive the router.
std::unique_ptr<Router> make_router(control::Engine& engine, const Authenticator& authenticator,
                                    RouterOptions options = {});

/// {"error":{"code","message","field","fix"}} with the error's HTTP status.
HttpResponse error_response(const base::Error& error);
HttpResponse error_response(int status, const base::Error& error);
HttpResponse json_response(const base::json::value& value, int status = 200);

}  // namespace fulcrum::api
