// fulcrum score [NAME] [--why]: the scores as a person reads them.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/backend.h"
#include "cli/figures.h"
#include "cli/score_text.h"
#include "cli/verb.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

struct Options {
  std::string name;
  std::string dataset;
  bool why = false;
};

int score(const Options& options, const Session& session) {
  auto backend = connect(session);
  if (!backend) return session.output.error(backend.error());
  const auto answer = (*backend)->query(
      "score.show",
      json::object{{"name", options.name}, {"dataset", options.dataset}, {"why", options.why}});
  if (!answer) return session.output.error(answer.error());
  const json::value& scores = at(*answer, "scores");
  if (session.output.mode != OutputMode::kTable || !scores.is_object()) {
    session.output.value(*answer);
    return 0;
  }
  const std::string text = options.why ? scores_walk(scores) : scores_table(scores);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (!options.why) session.output.say(base::text("why.hint"));
  return 0;
}

}  // namespace

Action score_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("name", options->name, base::text("score.name"))->type_name("NAME");
  app.add_flag("--why", options->why, base::text("score.why"));
  app.add_option("--dataset", options->dataset, base::text("score.dataset"))->type_name("ID");
  return [options](const Session& session) { return score(*options, session); };
}

}  // namespace fulcrum::cli
