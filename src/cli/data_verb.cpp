// fulcrum data SUBCOMMAND: the data engine from the command line.
#include "cli/data_verbs.h"

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace fulcrum::cli {

Action data_verb(CLI::App& app, [[maybe_unused]] const AlsoRegister& also) {
  app.require_subcommand(0, 1);
#define DATA_VERB(function, name)                                              \
  {                                                                            \
    constexpr std::string_view key = "data.verb." name;                        \
    CLI::App* sub = app.add_subcommand(name, std::string(base::text_of(key))); \
    sub->set_help_flag("--help,-h", base::text("cli.help"));                   \
    also(*sub, function(*sub, also));                                          \
  }
#include "cli/data_verbs.def"
#undef DATA_VERB
  return {};
}

}  // namespace fulcrum::cli
