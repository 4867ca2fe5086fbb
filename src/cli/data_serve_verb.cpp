// fulcrum data serve: records to trainers over the network, in a reproducible order.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/stop_signal.h"
#include "data/serving/server.h"

namespace fulcrum::cli {

namespace {

namespace serving = data::serving;

struct Options {
  std::vector<std::filesystem::path> in;
  serving::OpenOptions open;
  serving::ServerOptions server;
  std::string mixture, version;
};

/// Not an argument: other users see those.
std::string token_of_environment() {
  const char* const said = std::getenv("FULCRUM_SERVE_TOKEN");
  if (said != nullptr && *said != '\0') return said;
  std::array<char, 24> bytes;
  base::secure_random(bytes.data(), bytes.size());
  return base::to_hex(std::string_view(bytes.data(), bytes.size()));
}

base::Result<std::shared_ptr<const serving::Corpus>> corpus_of(const Options& options) {
  auto corpus = std::make_shared<serving::Corpus>();
  TRY(corpus->mixture, serving::parse_mixture(options.mixture));
  if (!options.version.empty() && options.in.size() > 1)
    return base::usage("serving.version", "a version names one dataset, and several are mixed",
                       "version", "leave it out: each is named by its content");
  for (const auto& path : options.in) {
    TRY(auto dataset, serving::Dataset::open(path, options.open, options.version));
    corpus->sources.push_back(std::move(dataset));
  }
  return corpus;
}

int serve(const Options& options, const Session& session) {
  const StopSignal stop;
  const auto corpus = corpus_of(options);
  if (!corpus) return session.output.error(corpus.error());
  serving::ServerOptions wanted = options.server;
  wanted.token = token_of_environment();
  auto server = serving::start_server(*corpus, wanted);
  if (!server) return session.output.error(server.error());
  if (session.output.mode == OutputMode::kTable) {
    session.output.say(base::text("data.serve.ready", (*corpus)->records(), wanted.address,
                                  (*server)->port(), wanted.token));
    session.output.say(base::text("data.serve.stop"));
  } else {
    session.output.value(base::json::object{{"address", wanted.address},
                                            {"port", (*server)->port()},
                                            {"token", wanted.token},
                                            {"version", (*corpus)->version()},
                                            {"records", (*corpus)->records()},
                                            {"bytes", (*corpus)->bytes()}});
  }
  std::fflush(stdout);
  stop.wait();
  return 0;
}

}  // namespace

Action data_serve_verb(CLI::App& app, [[maybe_unused]] const AlsoRegister& also) {
  auto options = std::make_shared<Options>();
  app.add_option("--in", options->in, base::text("data.serve.in"))
      ->type_name("FILE|DIR")
      ->required();
  app.add_option("--port", options->server.port, base::text("data.serve.port"))->type_name("N");
  app.add_option("--address", options->server.address, base::text("data.serve.address"))
      ->type_name("IP");
  app.add_option("--mix", options->mixture, base::text("data.serve.mix"))->type_name("SCHEDULE");
  app.add_option("--version", options->version, base::text("data.serve.version"))
      ->type_name("TEXT");
  app.add_option("--index", options->open.index_folder, base::text("data.serve.index"))
      ->type_name("DIR");
  return [options](const Session& session) { return serve(*options, session); };
}

}  // namespace fulcrum::cli
