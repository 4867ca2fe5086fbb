#include "cli/backend.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "api/authenticator.h"
#include "api/engine_routes.h"
#include "base/text.h"
#include "cli/needs_server.h"
#include "cli/socket_client.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
constexpr std::chrono::milliseconds kPoll{20};

/// The router's own functions give the same answers here as over HTTP.
class LocalBackend final : public Backend {
 public:
  LocalBackend(std::unique_ptr<control::Home> home, api::Identity me)
      : home_(std::move(home)), me_(std::move(me)) {}

  base::Result<json::value> command(const std::string& name, const json::value& body,
                                    const std::string& key) override {
    if (needs_server(name))
      return base::refused("server.needed", base::text("cli.server_needed", name),
                           base::text("cli.server_needed_fix"));
    TRY(const auto reply, home_->engine().submit({.name = name,
                                                  .body = body,
                                                  .actor = me_.actor,
                                                  .role = me_.role,
                                                  .idempotency_key = key}));
    return api::reply_as_json(reply);
  }

  base::Result<json::value> query(const std::string& name, const json::value& parameters) override {
    return home_->engine().query(name, parameters, me_.actor, me_.role);
  }

  base::Result<json::value> ledger(std::uint64_t from, std::uint64_t limit) override {
    TRY(const auto page, api::ledger_page(home_->engine(), from, limit, me_.actor));
    return base::parse_json(page, "ledger");
  }
  base::Result<std::uint64_t> ledger_size() override { return home_->engine().store().size(); }

 private:
  std::unique_ptr<control::Home> home_;
  const api::Identity me_;
};

/// A token decides who one is, as it does before a server; without one that is the owner.
base::Result<api::Identity> who_am_i(const control::Engine& engine) {
  const char* token = std::getenv("FULCRUM_TOKEN");
  if (!token || !*token) return api::owner_identity();
  if (auto known = api::make_authenticator(engine)->identify(token)) return std::move(*known);
  return base::refused("auth.missing", base::text("cli.bad_token"),
                       base::text("cli.bad_token_fix"));
}

class RemoteBackend final : public Backend {
 public:
  explicit RemoteBackend(std::string socket) : client_(std::move(socket)) {}

  base::Result<json::value> command(const std::string& name, const json::value& body,
                                    const std::string& key) override {
    return client_.post("/api/v1/commands/" + name, body, key);
  }
  base::Result<json::value> query(const std::string& name, const json::value& parameters) override {
    return client_.post("/api/v1/queries/" + name, parameters, "");
  }
  base::Result<json::value> ledger(std::uint64_t from, std::uint64_t limit) override {
    return client_.get(fmt::format("/api/v1/ledger?from={}&limit={}", from, limit));
  }
  base::Result<std::uint64_t> ledger_size() override {
    TRY(const auto ready, client_.get("/readyz"));
    return static_cast<std::uint64_t>(base::get_integer(ready, "seq"));
  }

 private:
  SocketClient client_;
};

}  // namespace

bool is_served(const control::HomePaths& paths) {
  const std::string path = paths.socket().string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int file = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = file >= 0 && ::connect(file, reinterpret_cast<const sockaddr*>(&address),
                                                sizeof(address)) == 0;
  if (file >= 0) ::close(file);
  return connected;
}

base::Result<std::optional<control::HomeLock>> lock_or_served(const Session& session) {
  const auto paths = session.paths();
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::duration<double>(session.wait_s);
  for (;;) {
    auto lock = control::lock_home(paths);
    if (lock) return std::optional(std::move(*lock));
    if (lock.error().code != "home.locked") return base::Failure(lock.error());
    if (is_served(paths)) return std::optional<control::HomeLock>();
    if (std::chrono::steady_clock::now() >= deadline) {
      base::Error error = lock.error();
      error.fix = base::text("home.dead_socket", paths.socket().string());
      return base::Failure(std::move(error));
    }
    std::this_thread::sleep_for(kPoll);
  }
}

base::Result<std::unique_ptr<Backend>> connect(const Session& session) {
  const auto paths = session.paths();
  TRY(auto lock, lock_or_served(session));
  if (!lock)
    return std::unique_ptr<Backend>(std::make_unique<RemoteBackend>(paths.socket().string()));
  TRY(auto home, control::open_home(paths, std::move(*lock)));
  TRY(auto me, who_am_i(home->engine()));
  return std::unique_ptr<Backend>(std::make_unique<LocalBackend>(std::move(home), std::move(me)));
}

}  // namespace fulcrum::cli
