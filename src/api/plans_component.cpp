// Runs plans in the process that holds the home, for `fulcrum run` and whoever else asks.
#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "api/component.h"
#include "base/codec.h"
#include "control/run/plan_runs.h"
#include "control/run/run_json.h"

namespace fulcrum::api {

namespace {

namespace json = base::json;

constexpr std::string_view kRuns = "/api/v1/plans/runs/";
constexpr std::int64_t kStreamWaitUs = 1'000'000;
constexpr std::chrono::seconds kFarewell{5};  // for followers to get the last word

/// The body of POST /api/v1/plans/run.
struct RunRequest {
  std::string path;                 // of the plan
  std::string folder;               // absolute: where a relative path starts
  std::optional<std::string> text;  // the plan itself; `path` then only names it
  std::vector<std::string> overrides;
  bool refresh = false;
  bool dry_run = false;
};
BOOST_DESCRIBE_STRUCT(RunRequest, (), (path, folder, text, overrides, refresh, dry_run))

base::Result<RunRequest> read_request(const HttpRequest& http) {
  TRY(const auto body, base::parse_json(http.body, "request body"));
  TRY(auto request, base::decode<RunRequest>(body, ""));
  if (request.path.empty()) {
    if (!request.text) return base::usage("request.plan", "neither a path nor a text", "path");
    request.path = "plan.yaml";
  }
  if (!std::filesystem::path(request.folder).is_absolute() &&
      !std::filesystem::path(request.path).is_absolute())
    return base::usage("request.folder", "an absolute folder is needed where the path is relative",
                       "folder", "send the folder that the plan's paths start at");
  return request;
}

/// Counts open streams, so that a server that ends can wait until the last word has arrived.
class Followers {
 public:
  /// Held by a stream.
  std::shared_ptr<void> join() {
    {
      const std::lock_guard lock(mutex_);
      ++number_;
    }
    return {this, [](Followers* followers) { followers->leave(); }};
  }
  void wait_until_gone() {
    std::unique_lock lock(mutex_);
    gone_.wait_for(lock, kFarewell, [&] { return number_ == 0; });
  }

 private:
  void leave() {
    const std::lock_guard lock(mutex_);
    --number_;
    gone_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable gone_;
  int number_ = 0;
};

std::string as_event(const control::NewsItem& item) {
  const std::string id = item.id == 0 ? "" : fmt::format("id: {}\n", item.id);
  return fmt::format("{}event: {}\ndata: {}\n\n", id, item.name, base::to_text(item.data));
}

base::Result<std::uint64_t> last_event_id(const HttpRequest& request) {
  const std::string text = request.header("last-event-id", "0");
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size())
    return base::usage("value.type", "expected the id of an event", "Last-Event-ID");
  return id;
}

class PlansComponent final : public Component {
 public:
  explicit PlansComponent(ComponentParts& parts)
      : runs_(control::open_plan_runs(parts.home, *parts.machine)) {
    parts.router.mount("/api/v1/plans/run", "POST", Access::kToken,
                       [this](const HttpRequest& request, const Identity& identity) {
                         return member(identity, "plans/run", [&] { return run(request); });
                       });
    parts.router.mount("/api/v1/plans/runs", "GET, POST", Access::kToken,
                       [this](const HttpRequest& request, const Identity& identity) {
                         return one_run(request, identity);
                       });
  }

  bool close_when_idle() override { return runs_->close_when_idle(); }
  void close() override {
    runs_->close();
    followers_.wait_until_gone();
  }

 private:
  /// A plan starts programs: whoever may only read may not run one.
  template <class Answer>
  static HttpResponse member(const Identity& identity, std::string_view what, Answer answer) {
    if (identity.role >= ledger::Role::kMember) return answer();
    return error_response({.kind = base::ErrorKind::kRefused,
                           .code = "permission.denied",
                           .message = fmt::format("{} needs the role member, {} has {}", what,
                                                  identity.actor, ledger::role_name(identity.role)),
                           .fix = "ask an owner for a token: fulcrum token create --role member"});
  }

  HttpResponse run(const HttpRequest& http) {
    auto request = read_request(http);
    if (!request) return error_response(request.error());
    const control::RunOptions options{.plan_path = std::move(request->path),
                                      .folder = std::move(request->folder),
                                      .text = std::move(request->text),
                                      .overrides = std::move(request->overrides),
                                      .refresh = request->refresh};
    if (request->dry_run) {
      const auto forecast = runs_->forecast(options);
      if (!forecast) return error_response(forecast.error());
      return json_response(control::forecast_as_json(*forecast));
    }
    const auto run = runs_->start(options);
    if (run) return json_response(json::object{{"run", *run}});
    return run.error().code == "run.closing" ? error_response(503, run.error())
                                             : error_response(run.error());
  }

  /// …/runs/RUN/events and …/runs/RUN/stop
  HttpResponse one_run(const HttpRequest& request, const Identity& identity) {
    const std::string_view path = request.path;
    const std::string_view rest = path.size() > kRuns.size() ? path.substr(kRuns.size()) : "";
    const auto slash = rest.find('/');
    const std::string run(rest.substr(0, slash));
    const std::string_view what = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
    if (what == "events" && request.method == "GET") return events(run, request);
    if (what == "stop" && request.method == "POST")
      return member(identity, "stopping a run", [&] { return stop(run); });
    return error_response({.kind = base::ErrorKind::kNotFound,
                           .code = "http.not_found",
                           .message = "no such path",
                           .field = request.path,
                           .fix = "GET …/RUN/events or POST …/RUN/stop"});
  }

  HttpResponse stop(const std::string& run) {
    if (auto status = runs_->interrupt(run); !status) return error_response(status.error());
    return json_response(json::object{{"run", run}});
  }

  HttpResponse events(const std::string& run, const HttpRequest& request) {
    const auto after = last_event_id(request);
    if (!after) return error_response(after.error());
    auto news = runs_->follow(run);
    if (!news) return error_response(news.error());
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("X-Accel-Buffering", "no");
    response.stream = [news = std::move(*news), place = control::NewsPlace{.after = *after},
                       here = followers_.join(),
                       first = true]() mutable -> std::optional<std::string> {
      if (std::exchange(first, false)) return "retry: 1000\n\n";
      if (news->is_told(place)) {
        here.reset();
        return std::nullopt;
      }
      std::string chunk;
      for (const auto& item : news->next(place, kStreamWaitUs)) chunk += as_event(item);
      return chunk;
    };
    return response;
  }

  Followers followers_;
  std::unique_ptr<control::PlanRuns> runs_;
};

}  // namespace

base::Result<std::unique_ptr<Component>> start_plans(ComponentParts& parts) {
  return std::make_unique<PlansComponent>(parts);
}

}  // namespace fulcrum::api
