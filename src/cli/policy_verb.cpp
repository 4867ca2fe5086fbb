// fulcrum policy show NAME. The group's other subcommands are the pillar's own.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/backend.h"
#include "cli/verb.h"

namespace fulcrum::cli {

Action policy_verb(CLI::App& app, const AlsoRegister& also) {
  app.require_subcommand(0, 1);
  auto name = std::make_shared<std::string>();
  CLI::App* show = app.add_subcommand("show", base::text("policy.show"));
  show->add_option("name,--name", *name, base::text("policy.name"))->type_name("NAME")->required();
  also(*show, [name](const Session& session) {
    auto backend = connect(session);
    if (!backend) return session.output.error(backend.error());
    const auto answer = (*backend)->query("policy.show", base::json::object{{"name", *name}});
    if (!answer) return session.output.error(answer.error());
    session.output.value(*answer);
    return 0;
  });
  return {};
}

}  // namespace fulcrum::cli
