// fulcrum data ops: the operators that a pipeline may name, with every setting.
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/data_verbs.h"
#include "data/operators/operator.h"

namespace fulcrum::cli {

Action data_ops_verb(CLI::App&, const AlsoRegister&) {
  return [](const Session& session) {
    base::json::array all;
    for (auto& each : data::operators())
      all.push_back(
          base::json::object{{"name", each.name},
                             {"summary", base::translated("operator." + each.name, each.summary)},
                             {"settings", session.output.mode == OutputMode::kJson
                                              ? std::move(each.settings)
                                              : base::json::value(base::to_text(each.settings))}});
    session.output.value(all);
    return 0;
  };
}

}  // namespace fulcrum::cli
