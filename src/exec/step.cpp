#include "exec/step.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "base/files.h"

namespace fulcrum::exec {

namespace {

namespace json = base::json;

class FileProgress final : public StepProgress {
 public:
  explicit FileProgress(const std::string& folder)
      : file_(folder + "/progress.jsonl", std::ios::app) {}
  void at(std::int64_t done, std::int64_t total, std::string_view what) override {
    const std::int64_t now_us = base::system_clock().now_us();
    if (now_us - last_us_ < 100'000 && done != total) return;
    last_us_ = now_us;
    file_ << base::to_text(json::object{
                 {"done", done}, {"total", total}, {"what", what}, {"time_us", now_us}})
          << "\n"
          << std::flush;
  }

 private:
  std::ofstream file_;
  std::int64_t last_us_ = 0;
};

json::object error_json(const base::Error& error) {
  return {{"kind", base::exit_code(error)},
          {"code", error.code},
          {"message", error.message},
          {"field", error.field},
          {"fix", error.fix}};
}

base::Error error_from(const json::value& value) {
  const auto exit = base::get_integer(value, "kind", 1);
  return {exit == 2   ? base::ErrorKind::kUsage
          : exit == 3 ? base::ErrorKind::kRefused
                      : base::ErrorKind::kFailed,
          base::get_string(value, "code", "step.failed"), base::get_string(value, "message"),
          base::get_string(value, "field"), base::get_string(value, "fix")};
}

base::Result<StepSpec> read_spec(const std::string& path) {
  TRY(const std::string content, base::read_file(path));
  TRY(const json::value value, base::parse_json(content, path));
  StepSpec spec;
  spec.step = base::get_string(value, "step");
  spec.kind = base::get_string(value, "kind");
  if (const auto* settings = base::find_path(value, "settings")) spec.settings = *settings;
  if (const auto* inputs = base::find_path(value, "inputs"); inputs && inputs->is_object())
    for (const auto& [name, input] : inputs->get_object())
      if (input.is_string()) spec.inputs[std::string(name)] = std::string(input.get_string());
  spec.work_folder = base::get_string(value, "work_folder");
  spec.seed = static_cast<std::uint64_t>(base::get_integer(value, "seed"));
  if (spec.kind.empty() || spec.work_folder.empty())
    return base::usage("step.spec", "a step spec needs kind and work_folder", path);
  return spec;
}

base::Result<StepResult> run(const StepSpec& spec, const std::vector<StepKind>& kinds) {
  for (const auto& kind : kinds) {
    if (kind.kind != spec.kind) continue;
    FileProgress progress(spec.work_folder);
    return kind.function(spec, progress);
  }
  return base::usage("step.kind", fmt::format("this program has no step kind \"{}\"", spec.kind));
}

base::Status write_result(const StepSpec& spec, const StepResult& result) {
  json::object outputs;
  for (const auto& [name, path] : result.outputs) outputs[name] = path;
  json::array commands;
  for (const auto& command : result.commands)
    commands.push_back(json::object{{"name", command.name}, {"body", command.body}});
  const json::object value{{"outputs", std::move(outputs)},
                           {"report", result.report},
                           {"commands", std::move(commands)}};
  return base::write_file(spec.work_folder + "/result.json", base::to_text(value));
}

}  // namespace

int run_step(const std::string& spec_path, const std::vector<StepKind>& kinds) {
  auto spec = read_spec(spec_path);
  if (!spec) {
    fmt::print(stderr, "{}\n", base::describe(spec.error()));
    return base::exit_code(spec.error());
  }
  std::filesystem::remove(spec->work_folder + "/error.json");
  auto result = run(*spec, kinds);
  base::Status written = result ? write_result(*spec, *result) : base::Status{};
  if (result && written) return 0;
  const base::Error error = result ? written.error() : result.error();
  fmt::print(stderr, "{}\n", base::describe(error));
  (void)base::write_file(spec->work_folder + "/error.json", base::to_text(error_json(error)))
      .has_value();
  return base::exit_code(error);
}

base::Status write_step_spec(const std::string& path, const StepSpec& spec) {
  json::object inputs;
  for (const auto& [name, input] : spec.inputs) inputs[name] = input;
  return base::write_file(
      path, base::to_text(json::object{{"step", spec.step},
                                       {"kind", spec.kind},
                                       {"settings", spec.settings},
                                       {"inputs", std::move(inputs)},
                                       {"work_folder", spec.work_folder},
                                       {"seed", static_cast<std::int64_t>(spec.seed)}}));
}

base::Result<StepResult> read_step_result(const std::string& work_folder) {
  if (std::filesystem::exists(work_folder + "/error.json")) {
    TRY(const std::string content, base::read_file(work_folder + "/error.json"));
    TRY(const json::value value, base::parse_json(content, work_folder + "/error.json"));
    return base::Failure(error_from(value));
  }
  const std::string path = work_folder + "/result.json";
  if (!std::filesystem::exists(path))
    return base::failed("step.no_result", "the job ended and left no result in " + work_folder,
                        "its log says why");
  TRY(const std::string content, base::read_file(path));
  TRY(const json::value value, base::parse_json(content, path));
  StepResult result;
  if (const auto* outputs = base::find_path(value, "outputs"); outputs && outputs->is_object())
    for (const auto& [name, output] : outputs->get_object())
      if (output.is_string()) result.outputs[std::string(name)] = std::string(output.get_string());
  if (const auto* report = base::find_path(value, "report"); report && report->is_object())
    result.report = report->get_object();
  if (const auto* commands = base::find_path(value, "commands"); commands && commands->is_array())
    for (const auto& command : commands->get_array()) {
      const auto* body = base::find_path(command, "body");
      result.commands.push_back({base::get_string(command, "name"), body ? *body : json::object{}});
    }
  return result;
}

base::json::value read_step_progress(const std::string& work_folder) {
  std::ifstream file(work_folder + "/progress.jsonl");
  std::string line, last;
  while (std::getline(file, line))
    if (!line.empty()) last = line;
  auto value = base::parse_json(last.empty() ? "null" : last, "progress");
  return value ? *value : json::value(nullptr);
}

}  // namespace fulcrum::exec
