#include "cli/run_client.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/text.h"
#include "control/run/run_json.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::milliseconds kBeforeAgain{200};
constexpr int kMostSilent = 3;  // attempts in a row that brought nothing new

std::string path_of(const std::string& run, const char* what) {
  return "/api/v1/plans/runs/" + run + "/" + what;
}

/// Asks once, over a connection of its own, when the flag is set.
class StopAsker {
 public:
  StopAsker(const std::string& socket_path, const std::string& run,
            const std::atomic<bool>& interrupted)
      : thread_([=, this, &interrupted] {
          while (!done_ && !interrupted) std::this_thread::sleep_for(kLook);
          if (done_) return;
          // Where nobody answers the run has ended with its server.
          (void)SocketClient(socket_path)
              .post(path_of(run, "stop"), json::object{}, "")
              .has_value();
        }) {}
  ~StopAsker() {
    done_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

/// One run's events, as calls of the observer and its last word.
class Listener {
 public:
  explicit Listener(control::RunObserver& observer) : observer_(observer) {}

  void take(const StreamEvent& event) {
    if (!event.id.empty()) last_ = event.id;
    const auto data = base::parse_json(event.data, "event");
    if (!data) return;
    if (event.name == "planned") planned(*data);
    if (event.name == "step") step(*data);
    if (event.name == "progress")
      observer_.progressed(base::get_string(*data, "id"), base::get_integer(*data, "done"),
                           base::get_integer(*data, "total"), base::get_string(*data, "what"));
    if (event.name == "ended") outcome_ = *data;
    if (event.name == "failed") outcome_ = base::Failure(failure(*data));
  }

  const std::string& last() const { return last_; }
  const std::optional<base::Result<json::value>>& outcome() const { return outcome_; }

 private:
  void planned(const json::value& data) {
    std::vector<std::string> steps;
    if (const auto* ids = base::find_path(data, "steps"); ids && ids->is_array())
      for (const auto& id : ids->get_array())
        if (id.is_string()) steps.emplace_back(id.get_string());
    observer_.planned(base::get_string(data, "run"), base::get_string(data, "plan"), steps);
  }
  void step(const json::value& data) {
    const auto outcome = control::step_from_json(data);
    if (outcome.state == "running") {
      observer_.started(outcome.id);
    } else {
      observer_.ended(outcome);
    }
  }
  static base::Error failure(const json::value& data) {
    return {.kind = kind_of_status(base::get_integer(data, "status")),
            .code = base::get_string(data, "error.code"),
            .message = base::get_string(data, "error.message"),
            .field = base::get_string(data, "error.field"),
            .fix = base::get_string(data, "error.fix")};
  }

  control::RunObserver& observer_;
  std::string last_;
  std::optional<base::Result<json::value>> outcome_;
};

}  // namespace

RunClient::RunClient(std::string socket_path, const std::atomic<bool>& interrupted)
    : socket_path_(std::move(socket_path)), interrupted_(interrupted), client_(socket_path_) {}

base::Result<json::value> RunClient::start(const control::RunOptions& options, bool dry_run) {
  json::array overrides;
  for (const auto& assignment : options.overrides) overrides.push_back(json::string(assignment));
  std::error_code ignored;
  return client_.post("/api/v1/plans/run",
                      json::object{{"path", options.plan_path},
                                   {"folder", std::filesystem::current_path(ignored).string()},
                                   {"overrides", std::move(overrides)},
                                   {"refresh", options.refresh},
                                   {"dry_run", dry_run}},
                      "");
}

base::Result<json::value> RunClient::follow(const std::string& run,
                                            control::RunObserver& observer) {
  const StopAsker asker(socket_path_, run, interrupted_);
  Listener listener(observer);
  // A stream may break by itself (this process was suspended for long); then it goes on after the
  // last event. A server that cannot be reached again, or does not know the run, is gone.
  for (int silent = 0; silent < kMostSilent;) {
    const std::string before = listener.last();
    const auto heard = client_.stream(path_of(run, "events"), listener.last(),
                                      [&](const StreamEvent& event) { listener.take(event); });
    if (listener.outcome()) return *listener.outcome();
    if (!heard && heard.error().code == "plan.unknown_run") break;
    if (!heard && heard.error().code != "server.unreachable") return base::Failure(heard.error());
    silent = listener.last() == before ? silent + 1 : 1;
    std::this_thread::sleep_for(kBeforeAgain);
  }
  return base::failed("run.server_gone", base::text("run.server_gone"),
                      base::text("run.server_gone_fix"));
}

bool has_gone(const base::Error& error) {
  return error.code == "server.unreachable" || error.code == "run.closing";
}

}  // namespace fulcrum::cli
