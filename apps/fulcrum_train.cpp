// fulcrum-train: the program that links libtorch. `step` carries out one training step of a plan,
// `serve` answers inference requests for one trained model.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <filesystem>

#include "base/files.h"
#include "http/http_server.h"
#include "train/serving.h"
#include "train/torch/load_model.h"
#include "train/torch/steps.h"

namespace {

using namespace fulcrum;

struct ServeOptions {
  std::string model;
  std::string name;
  std::string version;
  int port = 0;
  std::string port_file;
};

base::Status serve(const ServeOptions& options) {
  // Before any thread exists, so that all of them leave these signals to sigwait below.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  TRY(auto model, train::load_model(options.model));
  const auto service =
      train::make_inference_service({options.name, options.version, model.card.kind,
                                     std::move(model.card.items), std::move(model.recommender)});
  http::HttpServerOptions listen;
  listen.port = options.port;
  TRY(const auto server, http::start_http_server(listen, [&](const http::HttpRequest& request) {
        auto reply = service->handle(request.method, request.path, request.body);
        http::HttpResponse response;
        response.status = reply.status;
        response.body = std::move(reply.body);
        return response;
      }));
  if (!options.port_file.empty())
    CHECK_OK(base::write_file(options.port_file, std::to_string(server->port()) + "\n"));
  fmt::print("serving {} version {} on http://127.0.0.1:{}\n", options.name, options.version,
             server->port());
  std::fflush(stdout);
  int received = 0;
  sigwait(&ends, &received);
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("Train next-item recommenders, and serve them.");
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 1 failed, 2 the request was wrong, 3 refused.");

  std::string spec;
  auto* step = app.add_subcommand("step", "Carry out one step of a plan");
  step->add_option("spec", spec, "the step's spec file (JSON)")->required();
  auto* kinds = app.add_subcommand("kinds", "List the kinds of steps");

  ServeOptions options;
  auto* serving = app.add_subcommand("serve", "Answer inference requests on the loopback address");
  serving->add_option("--model", options.model, "a step's output folder")->required();
  serving->add_option("--name", options.name, "the model's name in paths")->required();
  serving->add_option("--version", options.version, "the model's version")->required();
  serving->add_option("--port", options.port, "0: any free one")->check(CLI::Range(0, 65535));
  serving->add_option("--port-file", options.port_file, "written once requests are answered");

  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (*step) return exec::run_step(spec, train::step_kinds());
  if (*kinds) {
    for (const auto& kind : train::step_kinds()) fmt::print("{:16} {}\n", kind.kind, kind.summary);
    return 0;
  }
  const auto status = serve(options);
  if (status) return 0;
  fmt::print(stderr, "{}\n", base::describe(status.error()));
  return base::exit_code(status.error());
}
