// fulcrum completion bash|zsh|fish: a script made from the same specs as the commands.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "base/text.h"
#include "cli/spec_commands.h"
#include "cli/verb.h"
#include "control/engine/pillars.h"

namespace fulcrum::cli {

namespace {

constexpr std::string_view kGlobal = "--home --json --quiet --lang --wait --help";

/// "note add" -> its options; "note" -> its subcommands; "" -> the first words.
std::map<std::string, std::string> words_after(const CLI::App& root) {
  std::map<std::string, std::string> words;
  const auto every = [](const CLI::App*) { return true; };
  for (const auto* sub : root.get_subcommands(every)) {
    words[""] += sub->get_name() + " ";
    auto& inner = words[sub->get_name()];
    for (const auto* leaf : sub->get_subcommands(every)) inner += leaf->get_name() + " ";
    for (const auto* option : sub->get_options())
      for (const auto& name : option->get_lnames()) inner += "--" + name + " ";
  }
  const auto pillars = control::make_pillars();
  for (const Front& front : all_fronts(pillars)) {
    const auto dot = front.name.find('.');
    if (dot == std::string::npos) continue;
    auto& options = words[front.name.substr(0, dot) + " " + front.name.substr(dot + 1)];
    for (const FlatOption& option : flat_options(front.schema))
      options += "--" + option_name(option) + " ";
    options += "--from-json ";
  }
  return words;
}

std::string bash_script(const std::map<std::string, std::string>& words) {
  std::string cases;
  for (const auto& [path, list] : words)
    cases += fmt::format("    \"{}\") words=\"{}\" ;;\n", path, list);
  return fmt::format(R"(_fulcrum() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" path="" words="" word skip=""
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    if [ -n "$skip" ]; then skip=""; continue; fi
    case "$word" in
      --home|--lang|--wait) skip=1 ;;
      -*) ;;
      *) [ "${{path#* }}" = "$path" ] && path="${{path:+$path }}$word" ;;
    esac
  done
  case "$path" in
{}  esac
  COMPREPLY=($(compgen -W "$words {}" -- "$current"))
}}
complete -o default -F _fulcrum fulcrum
)",
                     cases, kGlobal);
}

std::string fish_script(const std::map<std::string, std::string>& words) {
  std::string script = "complete -c fulcrum -f\n";
  for (const auto& [path, list] : words) {
    const auto space = path.find(' ');
    std::string condition = "__fish_use_subcommand";
    if (!path.empty()) condition = "__fish_seen_subcommand_from " + path.substr(0, space);
    if (space != std::string::npos)
      condition += "; and __fish_seen_subcommand_from " + path.substr(space + 1);
    script += fmt::format("complete -c fulcrum -n '{}' -a '{}'\n", condition, list);
  }
  return script + fmt::format("complete -c fulcrum -a '{}'\n", kGlobal);
}

int print_script(const std::string& shell, const CLI::App& root, const Session& session) {
  const auto words = words_after(root);
  std::string script;
  if (shell == "bash") {
    script = bash_script(words);
  } else if (shell == "zsh") {
    script = "autoload -U +X bashcompinit && bashcompinit\n" + bash_script(words);
  } else if (shell == "fish") {
    script = fish_script(words);
  } else {
    return session.output.error({base::ErrorKind::kUsage, "completion.shell",
                                 base::text("completion.shell", shell), "shell",
                                 "fulcrum completion bash"});
  }
  std::fputs(script.c_str(), stdout);
  return 0;
}

}  // namespace

Action completion_verb(CLI::App& app, const AlsoRegister&) {
  auto shell = std::make_shared<std::string>();
  app.add_option("shell", *shell, "bash, zsh, fish")->type_name("SHELL");
  return [shell, &app](const Session& session) {
    return print_script(*shell, *app.get_parent(), session);
  };
}

}  // namespace fulcrum::cli
