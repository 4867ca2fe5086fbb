// fulcrum step SPEC: the main of a step job.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/verb.h"
#include "control/run/step_kinds.h"

namespace fulcrum::cli {

Action step_verb(CLI::App& app, const AlsoRegister&) {
  auto spec = std::make_shared<std::string>();
  app.add_option("spec", *spec, base::text("step.spec"))->type_name("SPEC.json");
  return [spec](const Session& session) {
    if (spec->empty())
      return session.output.error(
          {base::ErrorKind::kUsage, "value.missing", base::text("step.spec_missing"), "spec"});
    return exec::run_step(*spec, control::all_step_kinds());
  };
}

}  // namespace fulcrum::cli
