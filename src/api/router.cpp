#include "api/router.h"

#include <algorithm>
#include <chrono>

#include "api/engine_routes.h"
#include "api/metrics.h"
#include "api/openapi.h"
#include "api/web_assets.h"
#include "base/spelling.h"

namespace fulcrum::api {

namespace {

namespace json = base::json;

constexpr std::string_view kCommands = "/api/v1/commands/", kQueries = "/api/v1/queries/";
constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Route {
  std::string prefix;   // as mounted
  std::string name;     // for metrics: bounded, never a caller's text
  std::string methods;  // "GET, POST"
  Access access = Access::kToken;
  bool is_exact = true;  // false: everything below too
  RouteHandler handler;

  bool takes(std::string_view path) const {
    if (!path.starts_with(prefix)) return false;
    if (path.size() == prefix.size()) return true;
    return !is_exact && (prefix.ends_with('/') || path[prefix.size()] == '/');
  }
  bool allows(std::string_view method) const {
    return (", " + methods + ",").find(", " + std::string(method) + ",") != std::string::npos;
  }
};

bool is_loopback_host(std::string_view host) {
  if (host.starts_with('[')) {
    host = host.substr(0, host.find(']') + 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

void protect(HttpResponse& response) {
  const auto add = [&](const char* name, const char* value) {
    for (const auto& [present, _] : response.headers)
      if (present == name) return;
    response.headers.emplace_back(name, value);
  };
  add("X-Content-Type-Options", "nosniff");
  add("Cache-Control", "no-store");
  add("Referrer-Policy", "no-referrer");
  add("X-Frame-Options", "DENY");
  add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
}

base::Error unknown_path(std::string_view path) {
  return {base::ErrorKind::kNotFound, "http.not_found", "no such path", std::string(path),
          "GET /openapi.json lists all paths"};
}

class EngineRouter final : public Router {
 public:
  EngineRouter(control::Engine& engine, const Authenticator& authenticator, RouterOptions options)
      : engine_(engine),
        authenticator_(authenticator),
        options_(options),
        metrics_(make_metrics()) {
    add_fixed_routes();
    add_engine_routes();
    add_page();
  }

  void mount(std::string prefix, std::string methods, Access access,
             RouteHandler handler) override {
    const std::string name = prefix;
    add({std::move(prefix), name, std::move(methods), access, false, std::move(handler)});
  }

  HttpResponse handle(const HttpRequest& request) override {
    const auto started = std::chrono::steady_clock::now();
    const Route* route = find(request.path);
    HttpResponse response = answer(request, route);
    protect(response);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    metrics_->count_request(route ? route->name : "unknown", response.status, took.count());
    return response;
  }

 private:
  /// Sorted so that the longest prefix comes first; a later mount comes before an equal one.
  void add(Route route) {
    const auto place = std::find_if(routes_.begin(), routes_.end(), [&](const Route& other) {
      return other.prefix.size() <= route.prefix.size();
    });
    routes_.insert(place, std::move(route));
  }

  void add_get(std::string path, Access access, RouteHandler handler) {
    const std::string name = path;
    add({std::move(path), name, "GET", access, true, std::move(handler)});
  }

  void add_fixed_routes() {
    add_get("/healthz", Access::kOpen, [](const HttpRequest&, const Identity&) {
      return json_response(json::object{{"status", "ok"}});
    });
    add_get("/readyz", Access::kOpen, [this](const HttpRequest&, const Identity&) {
      return json_response(json::object{{"status", "ready"}, {"seq", engine_.store().size()}});
    });
    // Counts alone, for a collector on this machine; from elsewhere a token is needed.
    add_get("/metrics", options_.loopback_hosts_only ? Access::kOpen : Access::kToken,
            [this](const HttpRequest&, const Identity&) {
              return HttpResponse{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                                  .body = metrics_->text(engine_.store().size())};
            });
    add_get("/openapi.json", Access::kOpen, [this](const HttpRequest&, const Identity&) {
      return json_response(openapi_of(engine_.pillars()));
    });
    add_get("/api/v1/ledger", Access::kToken,
            [this](const HttpRequest& request, const Identity& who) {
              return read_ledger(engine_, request, who);
            });
    add_get(
        "/api/v1/events", Access::kToken, [this](const HttpRequest& request, const Identity& who) {
          auto response = stream_events(engine_, request);
          if (!response.stream) return response;
          // Once, as it opens: evidence for each event would be an event, and feed itself.
          if (const auto kept = engine_.record_read(who.actor, "ledger.events", "ledger"); !kept)
            return error_response(kept.error());
          return response;
        });
  }

  void add_engine_routes() {
    add({std::string(kCommands), "/api/v1/commands", "POST", Access::kToken, false,
         [this](const HttpRequest& request, const Identity& identity) {
           const auto name = std::string_view(request.path).substr(kCommands.size());
           if (auto unknown = unknown_command(name)) return error_response(404, *unknown);
           return run_command(engine_, name, request, identity);
         }});
    add({std::string(kQueries), "/api/v1/queries", "GET, POST", Access::kToken, false,
         [this](const HttpRequest& request, const Identity& identity) {
           const auto name = std::string_view(request.path).substr(kQueries.size());
           if (auto unknown = unknown_query(name)) return error_response(404, *unknown);
           return run_query(engine_, name, request, identity);
         }});
  }

  void add_page() {
    for (const WebAsset& asset : web_assets()) {
      const bool is_page = asset.name == "index.html";
      HttpResponse file{
          .content_type = asset.name.ends_with(".js")    ? "text/javascript; charset=utf-8"
                          : asset.name.ends_with(".css") ? "text/css; charset=utf-8"
                                                         : "text/html; charset=utf-8",
          .body = std::string(asset.content),
          .headers = {{"Content-Security-Policy", kPagePolicy}, {"Cache-Control", "no-cache"}}};
      std::string path = "/";
      if (!is_page) path += asset.name;
      add_get(std::move(path), Access::kOpen,
              [file](const HttpRequest&, const Identity&) { return file; });
    }
  }

  const Route* find(std::string_view path) const {
    for (const Route& route : routes_)
      if (route.takes(path)) return &route;
    return nullptr;
  }

  HttpResponse answer(const HttpRequest& request, const Route* route) {
    if (!request.from_unix_socket && options_.loopback_hosts_only &&
        !is_loopback_host(request.header("host")))
      return error_response(421, {base::ErrorKind::kRefused, "http.host",
                                  "this server answers only for this machine's own names", "Host",
                                  "call it as localhost or 127.0.0.1"});
    if (!route) return error_response(unknown_path(request.path));
    if (!route->allows(request.method)) {
      auto response = error_response(
          405, {base::ErrorKind::kUsage, "http.method", request.method + " is not possible here",
                "", "possible: " + route->methods});
      response.headers.emplace_back("Allow", route->methods);
      return response;
    }
    const auto identity = identify(request, route->access);
    if (!identity) {
      auto response =
          error_response(401, {base::ErrorKind::kRefused, "auth.missing", "who is asking?",
                               "Authorization", "send the header Authorization: Bearer TOKEN"});
      response.headers.emplace_back("WWW-Authenticate", "Bearer");
      return response;
    }
    return route->handler(request, *identity);
  }

  /// A token always decides who one is, also on the Unix socket; without one that is the owner.
  std::optional<Identity> identify(const HttpRequest& request, Access access) const {
    const std::string authorization = request.header("authorization");
    if (std::string_view text = authorization; !text.empty()) {
      constexpr std::string_view kBearer = "bearer ";
      const bool is_bearer =
          text.size() > kBearer.size() &&
          std::equal(kBearer.begin(), kBearer.end(), text.begin(), [](char a, char b) {
            return a == static_cast<char>(b >= 'A' && b <= 'Z' ? b + 32 : b);
          });
      if (is_bearer) {
        if (auto known = authenticator_.identify(text.substr(kBearer.size()))) return known;
      }
    } else if (request.from_unix_socket) {
      return owner_identity();
    }
    if (access == Access::kOpen) return Identity{"anonymous", ledger::Role::kViewer};
    return std::nullopt;
  }

  std::optional<base::Error> unknown_command(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const auto& pillar : engine_.pillars())
      for (const auto& spec : pillar->commands()) {
        if (spec.name == name) return std::nullopt;
        names.push_back(spec.name);
      }
    return unknown_name("command.unknown", "no such command: ", name, names);
  }

  std::optional<base::Error> unknown_query(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const auto& pillar : engine_.pillars())
      for (const auto& spec : pillar->queries()) {
        if (spec.name == name) return std::nullopt;
        names.push_back(spec.name);
      }
    return unknown_name("query.unknown", "no such query: ", name, names);
  }

  static base::Error unknown_name(std::string code, std::string message, std::string_view name,
                                  const std::vector<std::string_view>& names) {
    const std::string near = base::nearest(name, names);
    return {base::ErrorKind::kNotFound, std::move(code), std::move(message) + std::string(name), "",
            near.empty() ? "GET /openapi.json lists all" : "did you mean " + near + "?"};
  }

  control::Engine& engine_;
  const Authenticator& authenticator_;
  const RouterOptions options_;
  std::unique_ptr<Metrics> metrics_;
  std::vector<Route> routes_;
};

}  // namespace

std::unique_ptr<Router> make_router(control::Engine& engine, const Authenticator& authenticator,
                                    RouterOptions options) {
  return std::make_unique<EngineRouter>(engine, authenticator, options);
}

HttpResponse json_response(const json::value& value, int status) {
  return {.status = status, .body = base::to_text(value)};
}

HttpResponse error_response(int status, const base::Error& error) {
  return json_response(json::object{{"error",
                                     {{"code", error.code},
                                      {"message", error.message},
                                      {"field", error.field},
                                      {"fix", error.fix}}}},
                       status);
}

HttpResponse error_response(const base::Error& error) {
  return error_response(base::http_status(error), error);
}

}  // namespace fulcrum::api
