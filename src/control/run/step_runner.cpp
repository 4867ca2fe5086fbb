#include "control/run/step_runner.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "base/files.h"
#include "control/run/chosen_model.h"
#include "control/run/step_outputs.h"
#include "plan/variables.h"

namespace fulcrum::control {

namespace {

namespace fs = std::filesystem;
namespace json = base::json;

struct InsideKind {
  std::string_view kind;
  InsideStep function;
};
constexpr InsideKind kInsideKinds[] = {
    {"plan.declare", declare_product},  {"plan.gates", evaluate_gates},
    {"plan.register", register_models}, {"plan.evidence", gather_evidence},
    {"label.wait", wait_for_labels},    {"release.canary", watch_canary},
};

std::vector<std::string> words(const json::value& settings) {
  std::vector<std::string> command;
  if (const auto* array = base::find_path(settings, "command"); array && array->is_array())
    for (const auto& word : array->get_array())
      command.push_back(word.is_string() ? std::string(word.get_string()) : base::to_text(word));
  return command;
}

/// A command's last JSON line, if it printed one, is its report.
json::object report_from_log(const std::string& log) {
  auto end = log.find_last_not_of(" \n\r");
  if (end == std::string::npos) return {};
  const auto begin = log.rfind('\n', end);
  const std::string line = log.substr(begin == std::string::npos ? 0 : begin + 1,
                                      end - (begin == std::string::npos ? 0 : begin + 1) + 1);
  if (!line.starts_with('{')) return {};
  const auto value = base::parse_json(line, "log");
  return value && value->is_object() ? value->get_object() : json::object{};
}

/// A version says how it came to be. A model does not say of which version it is here: versions
/// differ by when they were made, models only by their data; the registry names both.
void add_origin(json::value& settings, const plan::Plan& plan, const plan::Step& step,
                const std::string& run, const std::map<std::string, FinishedStep>& finished,
                std::int64_t now_us) {
  if (!settings.is_object() || step.kind != "data.version") return;
  json::object& all = settings.get_object();
  json::array steps;
  for (const auto& [id, done] : finished)
    steps.push_back(json::object{{"step", id}, {"identity", done.identity}});
  all["made_by"] = json::object{
      {"plan", plan.plan}, {"run", run}, {"step", step.id}, {"steps", std::move(steps)}};
  all["author"] = "plan/" + plan.plan;
  all["time_us"] = now_us;
}

/// The version carries the quality that cleaning measured.
void add_quality(json::value& settings, const std::map<std::string, FinishedStep>& finished) {
  const auto clean = finished.find("clean");
  if (clean == finished.end() || !settings.is_object()) return;
  if (const auto* quality = base::find_path(clean->second.report, "quality"))
    settings.get_object()["quality"] = *quality;
}

}  // namespace

StepRunner::StepRunner(RunSurroundings& surroundings, const CheckedPlan& checked,
                       PlanRecords& records, Services& services, std::string plan_folder,
                       bool refresh)
    : surroundings_(surroundings),
      checked_(checked),
      records_(records),
      services_(services),
      plan_folder_(std::move(plan_folder)),
      refresh_(refresh) {}

std::string StepRunner::work_folder(const std::string& identity) const {
  return surroundings_.home + "/steps/" + identity.substr(0, 24);
}

std::pair<StepOutcome, FinishedStep> StepRunner::run(
    const std::string& run, const plan::Step& step,
    const std::map<std::string, FinishedStep>& finished, RunObserver& observer) {
  const std::int64_t started_us = surroundings_.clock.now_us();
  StepOutcome outcome{.id = step.id};
  FinishedStep end;
  end.identity = identity_of(checked_.plan, step, finished, plan_folder_);
  const auto identity =
      identity_in_registry(surroundings_.engine, checked_.plan, step, end.identity);
  if (identity) end.identity = *identity;
  const auto fail = [&](const base::Error& error) {
    outcome.state = error.kind == base::ErrorKind::kRefused ? "refused" : "failed";
    outcome.error = error;
  };
  // A run that was killed goes on: what it has fetched, or is still fetching, is not thrown away.
  const std::string state = records_.step_state(run, step.id);
  const bool fetches = refresh_ && step.kind == "data.collect" && state != "done";
  StepGate::Pass pass;
  const auto cached = identity ? find_or_enter(*identity, inputs_of(step, finished), fetches, pass)
                               : base::Failure(identity.error());
  if (!cached) {
    fail(cached.error());
  } else if (*cached && !fetches) {
    end = **cached;
    outcome.cached = true;
    outcome.state = end.state;
    outcome.report = end.report;
  } else {
    observer.started(step.id);
    if (fetches && state == "waiting") fs::remove_all(work_folder(end.identity));
    auto ending = work(run, step, end.identity, finished, observer);
    if (ending) {
      outcome.state = ending->state;
      outcome.error = ending->reason;
      outcome.report = ending->result.report;
      auto stored =
          store_outputs(surroundings_.objects, work_folder(end.identity), ending->result.outputs);
      if (!stored) {
        fail(stored.error());
      } else if (auto committed = records_.commit(
                     ending->result.commands,
                     fmt::format("step:{}:{}", end.identity, fetches ? run : std::string("1")));
                 !committed) {
        fail(committed.error());
      } else {
        end.outputs = std::move(*stored);
      }
    } else {
      fail(ending.error());
    }
  }
  outcome.seconds = static_cast<double>(surroundings_.clock.now_us() - started_us) / 1e6;
  end.state = outcome.state;
  end.report = outcome.report;
  if (!outcome.cached) end.seconds = outcome.seconds;
  if (!surroundings_.interrupted) {
    if (auto recorded = records_.end_step(run, outcome, end); !recorded) fail(recorded.error());
  }
  return {std::move(outcome), std::move(end)};
}

base::Result<std::optional<FinishedStep>> StepRunner::find_or_enter(const std::string& identity,
                                                                    std::set<std::string> inputs,
                                                                    bool fetches,
                                                                    StepGate::Pass& pass) {
  TRY(auto known, records_.find_result(identity));
  if (known && !fetches) return known;
  pass = surroundings_.gate.enter({identity, std::move(inputs)}, surroundings_.interrupted);
  if (!pass) return base::failed("run.interrupted", "interrupted while another run did this step");
  return records_.find_result(identity);  // another run may have made it meanwhile
}

std::set<std::string> StepRunner::inputs_of(const plan::Step& step,
                                            const std::map<std::string, FinishedStep>& finished) {
  std::set<std::string> identities;
  for (const auto& [name, source] : step.inputs)
    if (const auto before = finished.find(source.step); before != finished.end())
      identities.insert(before->second.identity);
  return identities;
}

base::Result<StepEnding> StepRunner::work(const std::string& run, const plan::Step& step,
                                          const std::string& identity,
                                          const std::map<std::string, FinishedStep>& finished,
                                          RunObserver& observer) {
  CHECK_OK(records_.start_step(run, step.id, identity));
  for (const auto& service : step.services) CHECK_OK(services_.need(service));
  const std::string folder = work_folder(identity);
  CHECK_OK(base::make_folder(folder));
  TRY(auto inputs, bring_inputs(step, finished));
  json::value settings = fill_variables(step, folder, inputs);
  if (step.kind == "data.version") add_quality(settings, finished);
  add_origin(settings, checked_.plan, step, run, finished, surroundings_.clock.now_us());
  StepContext context{
      .surroundings = surroundings_,
      .plan = checked_.plan,
      .step = step,
      .run = run,
      .identity = identity,
      .plan_folder = plan_folder_,
      .work_folder = folder,
      .settings = std::move(settings),
      .inputs = std::move(inputs),
      .finished = finished,
      .progress = [&](std::int64_t done, std::int64_t total, const std::string& what) {
        observer.progressed(step.id, done, total, what);
      }};
  if (step.work == plan::Work::kJob || step.work == plan::Work::kCommand)
    return run_job(context, observer);
  for (const auto& kind : kInsideKinds)
    if (kind.kind == step.kind) return kind.function(context);
  return base::failed("step.kind", fmt::format("no step kind {}", step.kind));
}

base::Result<StepEnding> StepRunner::run_job(const StepContext& context, RunObserver& observer) {
  const plan::Step& step = context.step;
  StepJob job{.key = fmt::format("{}:{}", context.run, context.identity),
              .name = checked_.plan.plan + "/" + step.id,
              .project = checked_.plan.product.name,
              .command = {},
              .working_folder = plan_folder_,
              .environment = child_environment(surroundings_),
              .devices = step.devices,
              .priority = step.priority};
  if (step.work == plan::Work::kCommand) {
    job.command = words(context.settings);
  } else {
    const std::string spec_path = context.work_folder + "/spec.json";
    const exec::StepSpec spec{.step = step.id,
                              .kind = step.kind,
                              .settings = context.settings,
                              .inputs = context.inputs,
                              .work_folder = context.work_folder,
                              .seed = step.seed};
    const auto before = base::read_file(spec_path);
    CHECK_OK(exec::write_step_spec(spec_path, spec));
    // A checkpoint of addresses is worth nothing once the service has moved to another port.
    if (step.kind == "data.collect" && before &&
        base::read_file(spec_path).value_or("") != *before) {
      fs::remove_all(context.work_folder);
      CHECK_OK(base::make_folder(context.work_folder));
      CHECK_OK(exec::write_step_spec(spec_path, spec));
    }
    job.command = {surroundings_.programs + "/" + step.program, "step", spec_path};
  }
  const auto tick = [&] {
    const json::value progress = exec::read_step_progress(context.work_folder);
    if (progress.is_object())
      observer.progressed(step.id, base::get_integer(progress, "done"),
                          base::get_integer(progress, "total"), base::get_string(progress, "what"));
    return !surroundings_.interrupted.load();
  };
  TRY(const JobEnd end, surroundings_.jobs.run(job, tick));
  StepEnding ending;
  if (step.work == plan::Work::kCommand) {
    ending.result.report = report_from_log(end.log_tail);
    if (end.succeeded) return ending;
    const std::string message = fmt::format("the command ended with {} ({}); its log ends:\n{}",
                                            end.exit_code, end.state, end.log_tail);
    if (end.exit_code == 3) return base::refused("check.refused", message);
    return base::failed("check.failed", message);
  }
  auto result = exec::read_step_result(context.work_folder);
  if (result) {
    ending.result = std::move(*result);
    return ending;
  }
  base::Error error = result.error();
  if (error.code == "step.no_result")
    error.message +=
        fmt::format(" (job {}: {}); its log ends:\n{}", end.job, end.state, end.log_tail);
  return base::Failure(plan::locate(checked_.document, std::move(error)));
}

base::Result<std::map<std::string, std::string>> StepRunner::bring_inputs(
    const plan::Step& step, const std::map<std::string, FinishedStep>& finished) {
  std::map<std::string, std::string> inputs;
  for (const auto& [name, source] : step.inputs) {
    const auto before = finished.find(source.step);
    if (before == finished.end()) continue;
    const auto output = before->second.outputs.find(source.output);
    if (output == before->second.outputs.end())
      return base::usage("plan.output",
                         fmt::format("step {} has no output {}", source.step, source.output),
                         step.section);
    TRY(inputs[name], restore_output(surroundings_.objects, work_folder(before->second.identity),
                                     output->second));
  }
  return inputs;
}

json::value StepRunner::fill_variables(const plan::Step& step, const std::string& work_folder,
                                       const std::map<std::string, std::string>& inputs) {
  return plan::substitute(step.settings, [&](std::string_view name) -> std::optional<json::value> {
    const auto text = [](const std::string& value) { return json::value(json::string(value)); };
    if (name == "work") return text(work_folder);
    if (name == "plan_folder") return text(plan_folder_);
    if (name == "home") return text(surroundings_.home);
    if (name == "seed") return json::value(step.seed);
    if (const auto input = inputs.find(std::string(name)); input != inputs.end())
      return text(input->second);
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const std::string owner(name.substr(0, dot)), member(name.substr(dot + 1));
    if (!checked_.plan.services.contains(owner)) return std::nullopt;
    const std::string value = services_.value(owner, member);
    std::int64_t port = 0;
    if (member == "port" &&
        std::from_chars(value.data(), value.data() + value.size(), port).ec == std::errc())
      return json::value(port);
    return text(value);
  });
}

std::string identity_of(const plan::Plan& plan, const plan::Step& step,
                        const std::map<std::string, FinishedStep>& finished,
                        const std::string& plan_folder) {
  std::map<std::string, std::string> digests;
  for (const auto& [name, source] : step.inputs) {
    const auto before = finished.find(source.step);
    if (before == finished.end()) continue;
    const auto output = before->second.outputs.find(source.output);
    digests[name] =
        output == before->second.outputs.end() ? before->second.identity : output->second.digest;
  }
  std::vector<std::string> needs;
  for (const auto& need : step.needs)
    if (const auto before = finished.find(need); before != finished.end())
      needs.push_back(before->second.identity + ":" + before->second.state);
  return plan::step_identity(plan, step, digests, needs,
                             outside_fingerprint(plan, step, plan_folder));
}

std::map<std::string, std::string> child_environment(const RunSurroundings& surroundings) {
  std::map<std::string, std::string> environment = {{"FULCRUM_HOME", surroundings.home},
                                                    {"LANG", "C.UTF-8"}};
  for (const char* name : {"PATH", "HOME", "TMPDIR", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
                           "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONPATH"})
    if (const char* value = std::getenv(name)) environment[name] = value;
  environment["PATH"] = surroundings.programs + ":" +
                        (environment["PATH"].empty() ? "/usr/bin:/bin" : environment["PATH"]);
  return environment;
}

}  // namespace fulcrum::control
