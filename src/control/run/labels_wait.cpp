// Waiting for labels: people (or the example's simulated annotators) answer the queue's tasks.
#include <fmt/format.h>

#include <optional>

#include "base/files.h"
#include "control/run/companion.h"
#include "control/run/step_context.h"
#include "control/run/step_runner.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

std::vector<std::string> command_of(const json::value& settings) {
  std::vector<std::string> command;
  if (const auto* words = base::find_path(settings, "command"); words && words->is_array())
    for (const auto& word : words->get_array())
      if (word.is_string()) command.emplace_back(word.get_string());
  return command;
}

base::Result<json::value> ask(StepContext& context, std::string_view query) {
  return context.surroundings.engine.query(
      query, json::object{{"queue", base::get_string(context.settings, "queue")}}, "service/runner",
      ledger::Role::kService);
}

}  // namespace

base::Result<StepEnding> wait_for_labels(StepContext& context) {
  std::optional<Companion> annotators;
  if (const auto command = command_of(context.settings); !command.empty()) {
    exec::LaunchSpec spec;
    spec.job_id = "labels-" + context.identity.substr(0, 24);
    spec.command = command;
    spec.working_folder = context.plan_folder;
    spec.environment = child_environment(context.surroundings);
    TRY(Companion started, Companion::start(context.surroundings.executor, spec));
    annotators.emplace(std::move(started));
  }
  for (;;) {
    TRY(const json::value queue, ask(context, "label.queue"));
    const std::int64_t open = base::get_integer(queue, "open");
    const std::int64_t total = base::get_integer(queue, "total");
    context.progress(total - open, total, "labels");
    if (open == 0) break;
    if (context.surroundings.interrupted)
      return base::failed("run.interrupted", "interrupted while waiting for labels");
    if (annotators && !annotators->running())
      return base::failed("label.annotators",
                          fmt::format("the annotators ended ({}) with {} tasks open; log:\n{}",
                                      annotators->exit_code(), open, annotators->log_tail()));
    const std::uint64_t seen = context.surroundings.engine.store().size();
    (void)context.surroundings.engine.wait_for_events(seen, 200'000);
  }
  TRY(const json::value result, ask(context, "label.result"));
  CHECK_OK(base::write_file(context.work_folder + "/answers.json", base::to_text(result)));
  StepEnding ending;
  ending.result.outputs["answers"] = "answers.json";
  for (const char* figure : {"agreement", "annotators", "method"})
    if (const auto* value = base::find_path(result, figure)) ending.result.report[figure] = *value;
  return ending;
}

}  // namespace fulcrum::control
