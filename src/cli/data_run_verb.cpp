// fulcrum data run PIPELINE.yaml --in A --out B: records through a pipeline's operators.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "base/files.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/data_explain.h"
#include "cli/data_verbs.h"
#include "cli/interruption.h"
#include "cli/pipeline_progress.h"
#include "data/pipeline/report.h"
#include "data/pipeline/run.h"
#include "plan/document.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

struct Options {
  std::string pipeline;
  data::RunOptions run;
  std::filesystem::path report;
  bool explain = false, reorder = false;
};

/// The order of members is fixed (docs/scripts.md).
json::object answer_of(const data::Pipeline& pipeline, const data::Accounting& account,
                       double seconds) {
  json::object summary = data::summary_report(pipeline, account);
  return {{"records_in", account.records_in},
          {"records_out", account.records_out},
          {"bytes_in", account.bytes_in},
          {"seconds", seconds},
          {"mb_per_s", seconds > 0 ? static_cast<double>(account.bytes_in) / 1e6 / seconds : 0},
          {"rules", std::move(summary["rules"])}};
}

std::string table_of(const data::Pipeline& pipeline, const data::Accounting& account) {
  base::TableText table{.header = {base::text("data.run.step"), base::text("data.run.rule"),
                                   base::text("data.run.dropped"), base::text("data.run.changed"),
                                   base::text("data.run.share")},
                        .rows = {},
                        .right_aligned = {false, false, true, true, true}};
  const auto add = [&](const std::string& step, const std::string& rule, std::int64_t dropped,
                       std::int64_t changed, std::int64_t of) {
    if (dropped + changed == 0) return;
    const double share = 100.0 * static_cast<double>(dropped + changed) / static_cast<double>(of);
    table.rows.push_back({step, rule, std::to_string(dropped), std::to_string(changed),
                          fmt::format("{:.1f} %", share)});
  };
  add("", "bad_record", account.bad.dropped, 0, account.records_in);
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i)
    for (std::size_t k = 0; k < pipeline.steps[i].rules.size(); ++k) {
      const auto& step = account.steps[i];
      add(pipeline.steps[i].name, pipeline.steps[i].rules[k], step.rules[k].dropped,
          step.rules[k].changed, std::max<std::int64_t>(step.records_in, 1));
    }
  return table.rows.empty() ? std::string() : base::render(table);
}

base::Result<data::Pipeline> load_pipeline(const std::string& path) {
  TRY(const plan::Document document, plan::load_document(path));
  auto pipeline = data::make_pipeline(document.root);
  if (!pipeline) return base::Failure(plan::locate(document, pipeline.error()));
  return pipeline;
}

int run(Options& options, const Session& session) {
  using Clock = std::chrono::steady_clock;
  auto pipeline = load_pipeline(options.pipeline);
  if (!pipeline) return session.output.error(pipeline.error());
  if (options.explain) return explain_pipeline(*pipeline, options.run, session);
  if (options.reorder)
    if (const auto done = choose_order(*pipeline, options.run); !done)
      return session.output.error(done.error());
  const Interruption interruption;
  PipelineProgress progress(session.output.mode == OutputMode::kTable);
  options.run.stop = &interruption.flag();
  options.run.on_progress = [&](const data::Accounting& so_far) {
    progress.update(so_far.records_in, so_far.bytes_in);
  };
  const auto started = Clock::now();
  const auto report = data::run_pipeline(*pipeline, options.run);
  if (!report) return session.output.error(report.error());
  const double seconds = std::chrono::duration<double>(Clock::now() - started).count();
  const data::Accounting& account = report->account;
  const json::object answer = answer_of(*pipeline, account, seconds);
  if (options.report.empty() && !options.run.output.empty())
    options.report = options.run.output.string() + ".report.json";
  if (!options.report.empty())
    if (const auto written = base::write_file(
            options.report, base::to_pretty_text(data::full_report(*pipeline, account)) + "\n");
        !written)
      return session.output.error(written.error());
  if (session.output.mode != OutputMode::kTable) {
    session.output.value(answer);
    return 0;
  }
  const std::string table = table_of(*pipeline, account);
  std::fwrite(table.data(), 1, table.size(), stdout);
  session.output.say(base::text("data.run.done", account.records_in, account.records_out,
                                account.changed, static_cast<double>(account.bytes_in) / 1e6,
                                seconds));
  if (!options.report.empty())
    session.output.say(base::text("data.run.report", options.report.string()));
  return 0;
}

}  // namespace

Action data_run_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  options->run.threads = std::max(1U, std::thread::hardware_concurrency());
  app.add_option("pipeline", options->pipeline, base::text("data.run.pipeline"))
      ->type_name("PIPELINE")
      ->required();
  app.add_option("--in", options->run.inputs, base::text("data.in"))->type_name("PATH")->required();
  app.add_option("--out", options->run.output, base::text("data.out"))->type_name("FILE");
  app.add_option("--decisions", options->run.decisions, base::text("data.run.decisions"))
      ->type_name("FILE");
  app.add_option("--report", options->report, base::text("data.run.report_option"))
      ->type_name("FILE");
  app.add_option("--in-format", options->run.input_format, base::text("data.in_format"))
      ->type_name("NAME");
  app.add_option("--out-format", options->run.output_format, base::text("data.out_format"))
      ->type_name("NAME");
  app.add_flag("--explain", options->explain, base::text("data.run.explain"));
  app.add_flag("--reorder", options->reorder, base::text("data.run.reorder"));
  app.add_option("--threads", options->run.threads, base::text("data.threads"))->type_name("N");
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli
