// The canary step: model servers, gateway and traffic around run_canary(), as companions.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <thread>

#include "base/codec.h"
#include "base/files.h"
#include "control/canary/canary.h"
#include "control/run/chosen_model.h"
#include "control/run/companion.h"
#include "control/run/replay_rows.h"
#include "control/run/step_context.h"
#include "control/run/step_runner.h"
#include "http/http_server.h"
#include "plan/variables.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

/// A program of the canary's, its address read from a port file.
class ProcessPart final : public CanaryPart {
 public:
  ProcessPart(Companion companion, std::string url)
      : companion_(std::move(companion)), url_(std::move(url)) {}
  std::string url() const override { return url_; }
  bool running() override { return companion_.running(); }
  int exit_code() override { return companion_.exit_code(); }
  std::string log_tail() override { return companion_.log_tail(); }

 private:
  Companion companion_;
  std::string url_;
};

/// The gateway on loopback.
class GatewayPart final : public CanaryPart {
 public:
  explicit GatewayPart(std::unique_ptr<http::HttpServer> server) : server_(std::move(server)) {}
  std::string url() const override { return fmt::format("http://127.0.0.1:{}", server_->port()); }

 private:
  std::unique_ptr<http::HttpServer> server_;
};

CanaryPartResult serve_gateway(Gateway& gateway) {
  TRY(auto server,
      http::start_http_server({.port = 0}, [&gateway](const http::HttpRequest& request) {
        GatewayResponse answer = gateway.handle({request.method, request.path, request.body});
        return http::HttpResponse{.status = answer.status,
                                  .content_type = std::move(answer.content_type),
                                  .body = std::move(answer.body),
                                  .headers = std::move(answer.headers)};
      }));
  return std::make_unique<GatewayPart>(std::move(server));
}

/// Name of all processes of this canary, whichever run of the runner started them.
std::string process_prefix(const StepContext& context) {
  return "canary-" + context.identity.substr(0, 12) + "-";
}

/// One name for each carrying out of a canary: a resumed one starts its own processes, also in the
/// process that started the first ones.
std::string attempt_name() {
  static std::atomic<unsigned> attempts{0};
  return fmt::format("{}-{}", ::getpid(), attempts++);
}

/// A killed run leaves model servers and shoppers behind, whose gateway died with it.
base::Status stop_leftovers(const StepContext& context) {
  exec::Executor& executor = context.surroundings.executor;
  TRY(const auto known, executor.attach());
  for (const auto& id : known) {
    if (!id.starts_with(process_prefix(context))) continue;
    const auto status = executor.status(id);
    if (status && status->state == exec::RunState::kRunning) CHECK_OK(executor.stop(id));
  }
  return {};
}

class CanaryStep {
 public:
  CanaryStep(StepContext& context, ModelVersion candidate, ModelVersion stable)
      : context_(context), candidate_(std::move(candidate)), stable_(std::move(stable)) {}

  base::Result<CanaryOutcome> run() {
    const plan::Release& release = *context_.plan.release;
    CanarySpec spec;
    spec.start.release = canary_release(context_.identity);
    spec.start.model = release.model;
    spec.start.candidate = candidate_.version;
    spec.start.stable = stable_.version;
    spec.start.simulated = release.traffic.simulated;
    spec.start.offline_replay = release.traffic.offline_replay;
    TRY(spec.start.policy, base::decode<release::Policy>(release.policy, "release.policy"));
    CanaryPorts ports;
    bind_engine(ports, context_.surroundings.engine);
    ports.objects = &context_.surroundings.objects;
    ports.clock = &context_.surroundings.clock;
    ports.interrupted = [this] { return context_.surroundings.interrupted.load(); };
    ports.progress = [this](const CanaryProgress& progress) {
      context_.progress(progress.samples, progress.max_samples, "impressions");
    };
    if (release.traffic.offline_replay) {
      const std::string rows = context_.work_folder + "/replay.csv";
      CHECK_OK(write_replay_rows(context_.inputs.at(candidate_.step + ".held_out"),
                                 context_.inputs.at("stable.held_out"), rows));
      return replay_canary(spec, ports, rows);
    }
    ports.start_server = [this](release::Arm arm) { return start_server(arm); };
    ports.serve = serve_gateway;
    ports.start_traffic = [this](const std::string& url, std::int64_t attempt) {
      return start_traffic(url, attempt);
    };
    return run_canary(spec, ports);
  }

 private:
  exec::LaunchSpec launch(const std::string& what) const {
    exec::LaunchSpec spec;
    spec.job_id = fmt::format("{}{}-{}", process_prefix(context_), what, attempt_);
    spec.working_folder = context_.plan_folder;
    spec.environment = child_environment(context_.surroundings);
    return spec;
  }

  CanaryPartResult start_server(release::Arm arm) {
    const bool candidate = arm == release::Arm::kCandidate;
    const ModelVersion& model = candidate ? candidate_ : stable_;
    const std::string port_file =
        context_.work_folder + (candidate ? "/candidate.port" : "/stable.port");
    ::unlink(port_file.c_str());
    exec::LaunchSpec spec = launch(candidate ? "candidate" : "stable");
    spec.command = {context_.surroundings.programs + "/fulcrum-train",
                    "serve",
                    "--model",
                    model.folder,
                    "--name",
                    context_.plan.release->model,
                    "--version",
                    model.version,
                    "--port",
                    "0",
                    "--port-file",
                    port_file};
    TRY(Companion companion, Companion::start(context_.surroundings.executor, spec));
    TRY(const int port, wait_for_port(companion, port_file));
    return std::make_unique<ProcessPart>(std::move(companion),
                                         fmt::format("http://127.0.0.1:{}", port));
  }

  base::Result<int> wait_for_port(Companion& server, const std::string& port_file) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
      int port = 0;
      if (const auto content = base::read_file(port_file))
        std::from_chars(content->data(), content->data() + content->size(), port);
      if (port > 0) return port;
      if (!server.running() || context_.surroundings.interrupted) break;
      context_.surroundings.executor.wait(50'000);
    }
    return base::failed("canary.server",
                        "a model server did not start; its log ends:\n" + server.log_tail());
  }

  CanaryPartResult start_traffic(const std::string& url, std::int64_t attempt) {
    exec::LaunchSpec spec = launch(fmt::format("traffic-{}", attempt));
    for (const auto& word : context_.plan.release->traffic.command)
      spec.command.push_back(
          plan::substitute(word, [&](std::string_view name) -> std::optional<std::string> {
            if (name == "gateway.url") return url;
            if (name == "plan_folder") return context_.plan_folder;
            if (name == "work") return context_.work_folder;
            if (name == "attempt") return std::to_string(attempt);
            return std::nullopt;
          }));
    TRY(Companion companion, Companion::start(context_.surroundings.executor, spec));
    return std::make_unique<ProcessPart>(std::move(companion), std::string());
  }

  StepContext& context_;
  const std::string attempt_ = attempt_name();
  ModelVersion candidate_;
  ModelVersion stable_;
};

json::object gate_record(const StepContext& context, const CanaryOutcome& outcome) {
  const auto* evidence = base::find_path(outcome.release, "evidence");
  return {{"gate", "canary"},
          {"value", evidence ? base::get_number(*evidence, "difference") : 0.0},
          {"target", 0.0},
          {"passed", outcome.status == "promoted"},
          {"evidence", json::array{json::string("release/" + canary_release(context.identity))}},
          {"simulated", context.plan.release->traffic.simulated}};
}

/// Did this step start its release before, in a run that was killed?
base::Result<bool> is_release_known(const StepContext& context) {
  auto shown = context.surroundings.engine.query(
      "release.show", json::object{{"release", canary_release(context.identity)}}, "service/runner",
      ledger::Role::kService);
  if (shown) return true;
  if (shown.error().kind == base::ErrorKind::kNotFound) return false;
  return base::Failure(shown.error());
}

/// Trained again to the same weights: what runs now is this very model.
StepEnding nothing_to_release(const ModelVersion& candidate) {
  StepEnding ending;
  ending.result.report = json::object{{"outcome", "already_stable"},
                                      {"reason", "same_version"},
                                      {"candidate", candidate.version},
                                      {"stable", candidate.version}};
  return ending;
}

}  // namespace

base::Result<StepEnding> watch_canary(StepContext& context) {
  CHECK_OK(stop_leftovers(context));
  TRY(const ModelVersion candidate, chosen_candidate(context));
  TRY(const bool known, is_release_known(context));
  TRY(const bool already_stable, is_stable(context, candidate));
  if (already_stable && !known) return nothing_to_release(candidate);
  TRY(const ModelVersion stable, other_arm(context, candidate));
  TRY(const CanaryOutcome outcome, CanaryStep(context, candidate, stable).run());
  StepEnding ending;
  ending.result.report =
      json::object{{"outcome", outcome.status},
                   {"reason", outcome.reason},
                   {"simulated", context.plan.release->traffic.simulated},
                   {"offline_replay", context.plan.release->traffic.offline_replay},
                   {"candidate", candidate.version},
                   {"stable", stable.version},
                   {"release", outcome.release}};
  ending.result.commands.push_back({"gate.record", gate_record(context, outcome)});
  if (outcome.status == "promoted") return ending;
  if (outcome.status == "rolled_back") {
    ending.state = "refused";
    ending.reason = {base::ErrorKind::kRefused,
                     "canary.rolled_back",
                     fmt::format("{} was rolled back: {}", candidate.version, outcome.reason),
                     {},
                     "`fulcrum release show` has the evidence"};
    return ending;
  }
  if (context.plan.release->first_release) {
    ending.result.commands.push_back(
        {"release.baseline",
         json::object{{"release", first_release(context.identity)},
                      {"model", context.plan.release->model},
                      {"metric", "validation_ndcg_at_10"},
                      {"versions", json::array{json::string(candidate.version),
                                               json::string(stable.version)}}}});
    ending.result.report["first_release"] =
        "no version was stable yet and the canary could not tell: the best validation score goes "
        "out";
  }
  ending.state = "need_more_data";
  return ending;
}

}  // namespace fulcrum::control
