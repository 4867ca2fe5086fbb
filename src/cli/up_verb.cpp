// fulcrum up: the server in the foreground, until SIGTERM or SIGINT.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <memory>

#include "api/holder.h"
#include "base/text.h"
#include "cli/backend.h"
#include "cli/stop_signal.h"
#include "cli/verb.h"

namespace fulcrum::cli {

namespace {

constexpr int kDefaultPort = 7470;

struct Options {
  int port = kDefaultPort;
  std::string address = "127.0.0.1";
};

base::Error already_served(base::Error error, const control::HomePaths& paths) {
  error.fix = is_served(paths) ? base::text("up.already")
                               : base::text("home.dead_socket", paths.socket().string());
  return error;
}

int up(const Options& options, const Session& session) {
  const StopSignal stop;
  const auto paths = session.paths();
  auto lock = control::lock_home(paths);
  if (!lock) return session.output.error(already_served(lock.error(), paths));
  auto holder = api::start_holder(paths, std::move(*lock),
                                  {.address = options.address, .port = options.port});
  if (!holder) return session.output.error(holder.error());
  const std::string& token = (*holder)->home().owner_token();
  if (session.output.mode == OutputMode::kTable) {
    session.output.say(base::text("up.ready", (*holder)->url(), paths.root.string()));
    session.output.say(base::text("up.page", (*holder)->url(), token));
    session.output.say(base::text("up.stop"));
  } else {
    session.output.value(base::json::object{{"url", (*holder)->url()}, {"token", token}});
  }
  stop.wait();
  holder->reset();
  session.output.say(base::text("up.stopped"));
  return 0;
}

}  // namespace

Action up_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("--port", options->port, base::text("up.port"))
      ->check(CLI::Range(0, 65535))
      ->type_name("N");
  app.add_option("--address", options->address, base::text("up.address"))->type_name("IP");
  return [options](const Session& session) { return up(*options, session); };
}

}  // namespace fulcrum::cli
