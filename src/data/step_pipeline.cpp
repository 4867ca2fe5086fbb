// data.pipeline: collected rows through a pipeline's operators.
#include <algorithm>
#include <thread>

#include "base/files.h"
#include "data/file_list.h"
#include "data/pipeline/report.h"
#include "data/pipeline/run.h"
#include "data/steps.h"

namespace fulcrum::data {

namespace fs = std::filesystem;

base::Result<exec::StepResult> step_pipeline(const exec::StepSpec& spec,
                                             exec::StepProgress& progress) {
  TRY(const Pipeline pipeline, make_pipeline(spec.settings));
  const fs::path folder = spec.work_folder;
  RunOptions options;
  for (const auto& [name, path] : spec.inputs) {
    TRY(const auto files, list_files(path));
    for (const auto& file : files) options.inputs.push_back(file.path);
  }
  options.output = folder / "records.jsonl";
  options.decisions = folder / "decisions.jsonl";
  options.threads = std::max(1U, std::thread::hardware_concurrency());
  options.on_progress = [&](const Accounting& so_far) {
    progress.at(so_far.records_in, 0, "records");
  };
  TRY(const RunReport report, run_pipeline(pipeline, options));
  CHECK_OK(base::write_file(folder / "report.json",
                            base::to_pretty_text(full_report(pipeline, report.account)) + "\n"));
  exec::StepResult result;
  result.outputs = {
      {"records", "records.jsonl"}, {"decisions", "decisions.jsonl"}, {"report", "report.json"}};
  result.report = summary_report(pipeline, report.account);
  return result;
}

}  // namespace fulcrum::data
