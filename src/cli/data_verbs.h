#pragma once
// The subcommands of `fulcrum data`: one file data_NAME_verb.cpp and one line in data_verbs.def. A
// function adds its options to its own empty subcommand and returns what to do after parsing; an
// empty action means that nested subcommands, registered through `also`, do the work.
#include "cli/verb.h"

namespace fulcrum::cli {

#define DATA_VERB(function, name) Action function(CLI::App& app, const AlsoRegister& also);
#include "cli/data_verbs.def"
#undef DATA_VERB

}  // namespace fulcrum::cli
