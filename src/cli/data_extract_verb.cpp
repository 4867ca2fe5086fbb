// fulcrum data extract: the main text of a page, or of a folder of pages and archives.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "base/text.h"
#include "cli/data_verbs.h"
#include "data/web/extract_files.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using Clock = std::chrono::steady_clock;

struct Options {
  std::filesystem::path html;
  data::web::ExtractJob job;
  std::string on_damage = "skip";
};

int extract_one(const Options& options, const Session& session) {
  const auto page = data::web::extract_file(options.html, options.job.settings);
  if (!page) return session.output.error(page.error());
  const std::string line =
      base::to_text(json::object{{"title", page->title}, {"text", page->text}}) + "\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
  return 0;
}

/// At most four lines a second.
class Progress {
 public:
  explicit Progress(const Session& session) : session_(session) {}
  void operator()(const data::web::ExtractProgress& now) {
    if (session_.output.mode == OutputMode::kQuiet || Clock::now() - last_ < kPause) return;
    last_ = Clock::now();
    const double seconds = std::chrono::duration<double>(last_ - begin_).count();
    const std::string line =
        base::text("data.extract.progress", now.pages, now.files, now.files_in_all,
                   fmt::format("{:.0f}", static_cast<double>(now.bytes_in) / 1e6 / seconds)) +
        "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
  }

 private:
  static constexpr std::chrono::milliseconds kPause{250};
  const Session& session_;
  Clock::time_point begin_ = Clock::now(), last_ = begin_;
};

int extract_many(const Options& options, const Session& session) {
  const auto begin = Clock::now();
  Progress progress(session);
  const auto totals = data::web::extract_files(
      options.job, [&progress](const data::web::ExtractProgress& now) { progress(now); });
  if (!totals) return session.output.error(totals.error());
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  json::array samples;
  for (const std::string& sample : totals->skipped_samples) {
    samples.emplace_back(sample);
    const std::string line = base::text("data.extract.skipped", sample) + "\n";
    if (session.output.mode == OutputMode::kTable) std::fwrite(line.data(), 1, line.size(), stderr);
  }
  const double mb = static_cast<double>(totals->bytes_in) / 1e6;
  session.output.value(json::object{{"files", totals->files},
                                    {"pages", totals->pages},
                                    {"without_text", totals->without_text},
                                    {"skipped", totals->skipped},
                                    {"skipped_samples", samples},
                                    {"bytes_in", totals->bytes_in},
                                    {"bytes_out", totals->bytes_out},
                                    {"seconds", seconds},
                                    {"mb_per_s", mb / seconds}});
  return 0;
}

}  // namespace

Action data_extract_verb(CLI::App& app, [[maybe_unused]] const AlsoRegister& also) {
  auto options = std::make_shared<Options>();
  auto* html =
      app.add_option("--html", options->html, base::text("data.extract.html"))->type_name("FILE");
  auto* in = app.add_option("--in", options->job.in, base::text("data.extract.in"))
                 ->type_name("DIR")
                 ->excludes(html);
  auto* out = app.add_option("--out", options->job.out, base::text("data.extract.out"))
                  ->type_name("FILE")
                  ->needs(in);
  in->needs(out);
  app.add_option("--threads", options->job.threads, base::text("data.extract.threads"))
      ->type_name("N");
  app.add_option("--on-damage", options->on_damage, base::text("data.extract.on_damage"))
      ->check(CLI::IsMember({"skip", "stop"}));
  return [options](const Session& session) {
    options->job.stops_at_damage = options->on_damage == "stop";
    if (!options->html.empty()) return extract_one(*options, session);
    if (!options->job.in.empty()) return extract_many(*options, session);
    return session.output.error(base::usage("extract.no_input", "nothing to extract from", "html",
                                            "give --html FILE, or --in DIR and --out FILE")
                                    .value());
  };
}

}  // namespace fulcrum::cli
