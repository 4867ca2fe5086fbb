// fulcrum data gc: removes what neither a branch, a tag, a run, a model nor a label refers to.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/version_home.h"
#include "cli/version_roots.h"
#include "data/versions/gc.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using namespace data::versions;

constexpr double kHourUs = 3.6e9;

struct Options {
  double grace_hours = 24;
  bool dry_run = false;
};

base::Result<json::object> collect(const Options& options, const Session& session) {
  TRY(const auto repository, open_versions(session));
  GcRequest request;
  {
    TRY(const auto backend, connect(session));
    TRY(request.roots, version_roots(*backend, *repository));
  }
  request.now_us = base::system_clock().now_us();
  request.grace_us = static_cast<std::int64_t>(options.grace_hours * kHourUs);
  request.dry_run = options.dry_run;
  TRY(const GcResult result, collect_garbage(*repository, request));
  json::array missing;
  for (const auto& root : result.missing_roots) missing.push_back(json::string(root));
  return json::object{{"versions", result.versions},
                      {"chunks", result.chunks},
                      {"live_bytes", result.live_bytes},
                      {"packs", result.packs},
                      {"pack_bytes", result.pack_bytes},
                      {"condemned_packs", result.condemned_packs},
                      {"condemned_bytes", result.condemned_bytes},
                      {"removed_packs", result.removed_packs},
                      {"removed_bytes", result.removed_bytes},
                      {"copied_chunks", result.copied_chunks},
                      {"copied_bytes", result.copied_bytes},
                      {"dry_run", options.dry_run},
                      {"missing", std::move(missing)}};
}

}  // namespace

Action data_gc_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("--grace", options->grace_hours, base::text("data.gc.grace"))
      ->type_name("HOURS")
      ->check(CLI::Range(0.0, 10'000.0));
  app.add_flag("--dry-run", options->dry_run, base::text("data.gc.dry_run"));
  return [options](const Session& session) {
    const auto answer = collect(*options, session);
    if (!answer) return session.output.error(answer.error());
    session.output.value(*answer);
    if (base::get_integer(*answer, "condemned_packs") > 0)
      session.output.say(base::text("data.gc.condemned", options->grace_hours));
    return 0;
  };
}

}  // namespace fulcrum::cli
