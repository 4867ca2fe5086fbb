// fulcrum node assess: measures this machine. The group's other subcommands are the pillar's own.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/backend.h"
#include "cli/verb.h"
#include "control/jobs/local_node.h"

namespace fulcrum::cli {

namespace {

int assess(const Session& session) {
  auto backend = connect(session);
  if (!backend) return session.output.error(backend.error());
  const control::LocalNode node = control::measure_local_node();
  auto reply = (*backend)->command("node.assess", node.assessment, "");
  if (!reply && reply.error().code == "node.unknown") {  // this home was never served
    if (auto added = (*backend)->command("node.add", node.description, ""); !added)
      return session.output.error(added.error());
    reply = (*backend)->command("node.assess", node.assessment, "");
  }
  if (!reply) return session.output.error(reply.error());
  session.output.value(node.assessment);
  return 0;
}

}  // namespace

Action node_verb(CLI::App& app, const AlsoRegister& also) {
  app.require_subcommand(0, 1);
  also(*app.add_subcommand("assess", base::text("node.assess")), assess);
  return {};
}

}  // namespace fulcrum::cli
