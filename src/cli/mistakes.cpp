#include "cli/mistakes.h"

#include <fmt/format.h>

#include "base/spelling.h"
#include "base/text.h"

namespace fulcrum::cli {

namespace {

/// "fulcrum note add"
std::string full_name(const CLI::App& app) {
  return app.get_parent() ? full_name(*app.get_parent()) + " " + app.get_name() : app.get_name();
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* here = &app; here; here = here->get_parent())
    for (const auto* option : here->get_options())
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string nearest_of(const std::string& word, const std::vector<std::string>& names) {
  return base::nearest(word, std::vector<std::string_view>(names.begin(), names.end()));
}

}  // namespace

base::Error explain_extra(const CLI::App& app, const std::string& word) {
  base::Error error{.kind = base::ErrorKind::kUsage, .code = {}, .message = {}};
  std::string near;
  if (word.starts_with("-")) {
    const std::string name = word.substr(0, word.find('='));
    error.code = "cli.unknown_option";
    error.message = base::text("cli.unknown_option", full_name(app), name);
    near = nearest_of(name, option_names(app));
  } else {
    error.code = "cli.unknown_command";
    error.message = base::text("cli.unknown_command", full_name(app), word);
    near = nearest_of(word, subcommand_names(app));
  }
  error.fix = near.empty() ? base::text("cli.see_help", full_name(app))
                           : base::text("cli.did_you_mean", near);
  return error;
}

base::Error explain_mistake(const CLI::App& app, const std::string& message) {
  return {base::ErrorKind::kUsage,
          "cli.usage",
          message,
          {},
          base::text("cli.see_help", full_name(app))};
}

}  // namespace fulcrum::cli
