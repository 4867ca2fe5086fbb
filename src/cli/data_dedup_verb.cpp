// fulcrum data dedup --in A --out B: one of each document, line or passage.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <thread>

#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/interruption.h"
#include "cli/pipeline_progress.h"
#include "data/dedup/dedup.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
namespace dedup = data::dedup;

const std::map<std::string, dedup::Method> kMethods{{"minhash", dedup::Method::kMinhash},
                                                    {"exact", dedup::Method::kExact},
                                                    {"lines", dedup::Method::kLines},
                                                    {"substring", dedup::Method::kSubstring}};
const std::map<std::string, dedup::Units> kUnits{{"auto", dedup::Units::kAuto},
                                                 {"words", dedup::Units::kWords},
                                                 {"characters", dedup::Units::kCharacters},
                                                 {"dictionary", dedup::Units::kDictionary}};
const std::map<std::string, dedup::Unicode> kForms{{"none", dedup::Unicode::kNone},
                                                   {"nfc", dedup::Unicode::kNfc},
                                                   {"nfkc", dedup::Unicode::kNfkc}};
const std::map<std::string, dedup::Keep> kKeeps{{"first", dedup::Keep::kFirst},
                                                {"longest", dedup::Keep::kLongest}};

struct Options {
  dedup::Options run;
  unsigned min_length = 0;  // 0: the method's own
  std::string on_damage = "skip";
};

json::object answer_of(const dedup::Report& r, double seconds) {
  json::array samples;
  for (const std::string& sample : r.bad_samples) samples.emplace_back(sample);
  return {{"records_in", r.documents_in},
          {"records_out", r.documents_out},
          {"duplicates", r.duplicates},
          {"clusters", r.clusters},
          {"changed", r.changed},
          {"removed_bytes", r.removed_bytes},
          {"known_documents", r.known_documents},
          {"without_text", r.without_text},
          {"bad_records", r.bad_records},
          {"bad_samples", std::move(samples)},
          {"equal", r.equal},
          {"candidates", r.candidates},
          {"verified", r.verified},
          {"capped", r.capped},
          {"spilled_bytes", r.spilled_bytes},
          {"bytes_in", r.bytes_in},
          {"seconds", seconds},
          {"mb_per_s", seconds > 0 ? static_cast<double>(r.bytes_in) / 1e6 / seconds : 0}};
}

int run(Options& options, const Session& session) {
  using Clock = std::chrono::steady_clock;
  const Interruption interruption;
  PipelineProgress progress(session.output.mode == OutputMode::kTable);
  options.run.stop = &interruption.flag();
  options.run.stops_at_bad_record = options.on_damage == "stop";
  options.run.on_progress = [&](int, std::int64_t documents, std::int64_t bytes) {
    progress.update(documents, bytes);
  };
  if (options.min_length > 0)
    options.run.settings.lines.min_chars = options.run.settings.substring.min_bytes =
        options.min_length;
  const auto started = Clock::now();
  const auto report = dedup::dedup(options.run);
  if (!report) return session.output.error(report.error());
  const double seconds = std::chrono::duration<double>(Clock::now() - started).count();
  session.output.value(answer_of(*report, seconds));
  return 0;
}

template <class T>
void add_choice(CLI::App& app, const char* name, T& into, const std::map<std::string, T>& choices,
                const char* key) {
  app.add_option_function<std::string>(
         name, [&into, &choices](const std::string& chosen) { into = choices.at(chosen); },
         base::text(key))
      ->check(CLI::IsMember(&choices))
      ->type_name("NAME");
}

void add_settings(CLI::App& app, Options& options) {
  dedup::Settings& s = options.run.settings;
  add_choice(app, "--method", s.method, kMethods, "data.dedup.method");
  add_choice(app, "--keep", s.keep, kKeeps, "data.dedup.keep");
  add_choice(app, "--units", s.shingles.units, kUnits, "data.dedup.units");
  add_choice(app, "--unicode", s.normalisation.unicode, kForms, "data.dedup.unicode");
  app.add_flag("--fold-case", s.normalisation.folds_case, base::text("data.dedup.fold_case"));
  app.add_option("--shingle", s.shingles.size, base::text("data.dedup.shingle"))->type_name("N");
  app.add_option("--bands", s.minhash.bands, base::text("data.dedup.bands"))->type_name("N");
  app.add_option("--rows", s.minhash.rows, base::text("data.dedup.rows"))->type_name("N");
  app.add_option("--min-jaccard", s.minhash.min_jaccard, base::text("data.dedup.min_jaccard"))
      ->type_name("SHARE");
  app.add_option("--max-documents", s.lines.max_documents, base::text("data.dedup.max_documents"))
      ->type_name("N");
  app.add_option("--min-length", options.min_length, base::text("data.dedup.min_length"))
      ->type_name("N");
}

}  // namespace

Action data_dedup_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  dedup::Options& r = options->run;
  r.threads = std::max(1U, std::thread::hardware_concurrency());
  app.add_option("--in", r.inputs, base::text("data.in"))->type_name("PATH")->required();
  app.add_option("--out", r.output, base::text("data.out"))->type_name("FILE");
  app.add_option("--clusters", r.clusters, base::text("data.dedup.clusters"))->type_name("FILE");
  add_settings(app, *options);
  app.add_option("--index", r.index, base::text("data.dedup.index"))->type_name("DIR");
  app.add_option("--memory-mb", r.memory_mb, base::text("data.dedup.memory"))->type_name("MB");
  app.add_option("--spill", r.spill, base::text("data.dedup.spill"))->type_name("DIR");
  app.add_option("--text-field", r.text_field, base::text("data.dedup.text_field"))
      ->type_name("NAME");
  app.add_option("--id-field", r.id_field, base::text("data.dedup.id_field"))->type_name("NAME");
  app.add_option("--in-format", r.input_format, base::text("data.in_format"))->type_name("NAME");
  app.add_option("--out-format", r.output_format, base::text("data.out_format"))->type_name("NAME");
  app.add_option("--on-damage", options->on_damage, base::text("data.extract.on_damage"))
      ->check(CLI::IsMember({"skip", "stop"}));
  app.add_option("--threads", r.threads, base::text("data.threads"))->type_name("N");
  return [options](const Session& session) { return run(*options, session); };
}

}  // namespace fulcrum::cli
