// fulcrum data checkout DATASET[@REF] FOLDER: a version's files, byte for byte.
#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "base/text.h"
#include "cli/data_verbs.h"
#include "cli/version_home.h"
#include "data/versions/checkout.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
using namespace data::versions;

struct Options {
  std::string dataset;
  CheckoutRequest request;
};

base::Result<json::object> check_out(Options& options, const Session& session) {
  const auto began = std::chrono::steady_clock::now();
  TRY(const auto repository, open_versions(session));
  const DatasetAt at = parse_dataset_at(options.dataset);
  TRY(const Version version, repository->resolve(at.dataset, at.what));
  CHECK_OK(record_read(session, "dataset.checkout", at.dataset));
  VersionProgress progress(session);
  options.request.on_progress = [&](std::uint64_t files, std::uint64_t all) {
    progress.at(files, all, 0, 0);
  };
  TRY(const CheckoutResult done, checkout(*repository, version, options.request));
  return json::object{
      {"dataset", at.dataset},
      {"version", version.name},
      {"folder", options.request.folder.string()},
      {"files", done.files},
      {"bytes", done.bytes},
      {"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count()}};
}

}  // namespace

Action data_checkout_verb(CLI::App& app, const AlsoRegister&) {
  auto options = std::make_shared<Options>();
  app.add_option("dataset", options->dataset, base::text("data.dataset_at"))
      ->type_name("DATASET[@REF]")
      ->required();
  app.add_option("folder", options->request.folder, base::text("data.checkout.folder"))
      ->type_name("FOLDER")
      ->required();
  app.add_option("--path", options->request.below, base::text("data.below"))->type_name("PATH");
  app.add_flag("--overwrite", options->request.overwrite, base::text("data.checkout.overwrite"));
  return [options](const Session& session) {
    const auto answer = check_out(*options, session);
    if (!answer) return session.output.error(answer.error());
    session.output.value(*answer);
    return 0;
  };
}

}  // namespace fulcrum::cli
