#pragma once
// A verb is a subcommand that is not a command or query of a pillar: one file and one line in
// verbs.def. The function gets its own empty subcommand, adds options to it (bound to variables
// that the returned action owns, through a shared_ptr), and returns what to do after parsing; an
// empty action means that its own subcommands (registered through `also`) do the work.
#include <functional>
#include <string>

#include "cli/session.h"

namespace CLI {
class App;
}

namespace fulcrum::cli {

/// Returns the process's exit code.
using Action = std::function<int(const Session&)>;
/// Registers the action of a nested subcommand.
using AlsoRegister = std::function<void(CLI::App& subcommand, Action action)>;

#define VERB(function, name, summary_key) Action function(CLI::App& app, const AlsoRegister& also);
#include "cli/verbs.def"
#undef VERB

}  // namespace fulcrum::cli
