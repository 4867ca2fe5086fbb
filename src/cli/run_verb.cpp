// fulcrum run PLAN: brings the world to the state that the plan describes. Whoever holds the home
// carries it out: this process where nobody does, else the one that does; both are asked and
// followed over HOME/engine.sock.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "api/holder.h"
#include "base/text.h"
#include "cli/backend.h"
#include "cli/interruption.h"
#include "cli/run_client.h"
#include "cli/run_progress.h"
#include "cli/run_text.h"
#include "cli/verb.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

constexpr int kDefaultPort = 7470;
constexpr std::chrono::milliseconds kLook{100};

struct Options {
  control::RunOptions run;
  bool once = false;
  bool dry_run = false;
  int port = kDefaultPort;

  bool stays() const { return !once && !dry_run; }
};

/// Null when another process holds the home and answers.
base::Result<std::unique_ptr<api::Holder>> hold(const Options& options, const Session& session) {
  TRY(auto lock, lock_or_served(session));
  if (!lock) return std::unique_ptr<api::Holder>();
  return api::start_holder(session.paths(), std::move(*lock),
                           {.port = options.stays() ? options.port : -1});
}

base::Result<std::unique_ptr<api::Holder>> hold_at_any_port(Options options,
                                                            const Session& session) {
  auto holder = hold(options, session);
  if (holder || holder.error().code != "http.listen") return holder;
  options.port = 0;  // the usual port is taken: any free one will do
  return hold(options, session);
}

/// What the start answered, and this process's own holder, if it is the one that runs the plan.
struct Started {
  std::unique_ptr<api::Holder> holder;
  json::value answer;
};

base::Result<Started> start(RunClient& client, const Options& options, const Session& session) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::duration<double>(session.wait_s);
  for (;;) {
    TRY(auto holder, hold_at_any_port(options, session));
    auto answer = client.start(options.run, options.dry_run);
    if (answer) return Started{std::move(holder), std::move(*answer)};
    // The other process may have ended at this very moment; then the home is free.
    if (holder || !has_gone(answer.error()) || std::chrono::steady_clock::now() >= deadline)
      return base::Failure(answer.error());
    std::this_thread::sleep_for(kLook);
  }
}

/// Others may have asked this process for their plans.
void wait_for_others(api::Holder& holder, const Interruption& interruption) {
  if (holder.close_when_idle() || interruption.flag()) return;
  fmt::print(stderr, "{}\n", base::text("run.waits_for_others"));
  while (!interruption.flag() && !holder.close_when_idle()) std::this_thread::sleep_for(kLook);
}

void serve(api::Holder& holder, const Session& session, const Interruption& interruption) {
  session.output.say(base::text("run.serving", holder.url(), holder.home().owner_token()));
  std::fflush(stdout);
  while (!interruption.flag()) std::this_thread::sleep_for(kLook);
}

int follow(RunClient& client, const std::string& run, const Session& session, bool& is_over) {
  const bool people = session.output.mode == OutputMode::kTable;
  base::Result<json::value> outcome = [&] {
    const auto progress =
        make_run_progress(people ? detect_progress_style() : ProgressStyle::kPlain);
    return client.follow(run, *progress);
  }();
  is_over = outcome.has_value();
  return outcome ? show_outcome(*outcome, session) : session.output.error(outcome.error());
}

int run(const Options& options, const Session& session) {
  // Mistakes in the plan are shown before anything is opened or started.
  if (auto checked = control::check_plan(options.run); !checked)
    return session.output.error(checked.error());
  const Interruption interruption;
  RunClient client(session.paths().socket().string(), interruption.flag());
  auto started = start(client, options, session);
  if (!started) return session.output.error(started.error());
  int code = 0;
  bool is_over = true;
  if (options.dry_run) {
    show_forecast(started->answer, session);
  } else {
    code = follow(client, base::get_string(started->answer, "run"), session, is_over);
  }
  if (!started->holder) return code;
  if (options.stays() && is_over) {
    serve(*started->holder, session, interruption);
  } else {
    wait_for_others(*started->holder, interruption);
  }
  return code;
}

}  // namespace

Action run_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("plan", options->run.plan_path, base::text("run.plan"))->required();
  app.add_option("--set", options->run.overrides, base::text("run.set"))->type_name("KEY=VALUE");
  app.add_flag("--once", options->once, base::text("run.once"));
  app.add_flag("--dry-run", options->dry_run, base::text("run.dry_run"));
  app.add_flag("--refresh", options->run.refresh, base::text("run.refresh"));
  app.add_option("--port", options->port, base::text("up.port"))->check(CLI::Range(0, 65535));
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli
