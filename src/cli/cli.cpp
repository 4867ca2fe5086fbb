#include "cli/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <map>

#include "base/text.h"
#include "cli/first_words.h"
#include "cli/mistakes.h"
#include "cli/spec_commands.h"
#include "cli/verb.h"
#include "control/engine/pillars.h"

namespace fulcrum::cli {

namespace {

/// The tree of subcommands and what each does.
class Program {
 public:
  explicit Program(const FirstWords& words) : words_(words) {}

  int run(int argc, char** argv) {
    describe_root();
    add_verbs();
    add_fronts();
    try {
      std::vector<std::string> words = with_hyphens(argc, argv);
      std::reverse(words.begin(), words.end());  // as CLI11 wants them
      app_.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
      show_help(*deepest());
      return 0;
    } catch (const CLI::CallForVersion&) {
      std::printf("fulcrum %s\n", FULCRUM_VERSION);
      return 0;
    } catch (const CLI::ParseError& mistake) {
      return session_.output.error(explain_mistake(*deepest(), mistake.what()));
    }
    if (is_quiet_) session_.output.mode = OutputMode::kQuiet;
    if (is_json_) session_.output.mode = OutputMode::kJson;
    return act();
  }

 private:
  void describe_root() {
    app_.name("fulcrum");
    app_.description(base::text("cli.about"));
    app_.footer(base::text("cli.footer"));
    app_.require_subcommand(0, 1);
    app_.allow_extras();
    app_.add_option("--home", session_.home_option, base::text("cli.home"))->type_name("FOLDER");
    app_.add_flag("--json", is_json_, base::text("cli.json"));
    app_.add_flag("--quiet", is_quiet_, base::text("cli.quiet"));
    app_.add_option("--lang", language_, base::text("cli.lang"))->type_name("en|zh");
    app_.add_option("--wait", session_.wait_s, base::text("cli.wait"))->type_name("SECONDS");
    app_.set_version_flag("--version", FULCRUM_VERSION, base::text("cli.version"));
    app_.set_help_flag("--help,-h", base::text("cli.help"));
    // Error output must already know what was asked for when parsing fails.
    if (words_.wants_json) session_.output.mode = OutputMode::kJson;
  }

  CLI::App* subcommand(CLI::App& parent, const std::string& name, const std::string& summary) {
    auto* sub = parent.add_subcommand(name, summary);
    sub->fallthrough();
    sub->allow_extras();
    sub->set_help_flag("--help,-h", base::text("cli.help"));
    return sub;
  }

  void add_verbs() {
    const AlsoRegister also = [this](CLI::App& app, Action action) {
      app.fallthrough();
      app.allow_extras();
      actions_[&app] = std::move(action);
    };
#define VERB(function, verb_name, summary)                                              \
  {                                                                                     \
    constexpr std::string_view key = "verb." verb_name;                                 \
    const auto said = base::text_of(key);                                               \
    auto* sub = subcommand(app_, verb_name, std::string(said == key ? summary : said)); \
    actions_[sub] = function(*sub, also);                                               \
    groups_[verb_name] = sub;                                                           \
  }
#include "cli/verbs.def"
#undef VERB
  }

  void add_fronts() {
    const auto pillars = control::make_pillars();
    for (const Front& front : all_fronts(pillars)) {
      const auto dot = front.name.find('.');
      const std::string group = front.name.substr(0, dot);
      CLI::App*& parent = groups_[group];
      if (!parent) {
        parent = subcommand(app_, group, base::text("cli.group", group));
        parent->require_subcommand(0, 1);
      }
      if (dot == std::string::npos) continue;
      // A verb stands in for the front where people need more than the bare command.
      const std::string leaf_name = front.name.substr(dot + 1);
      if (!parent
               ->get_subcommands([&](const CLI::App* sub) { return sub->get_name() == leaf_name; })
               .empty())
        continue;
      auto* leaf = subcommand(*parent, leaf_name, front.summary);
      // `run list`: the verb's own required word would otherwise swallow the subcommand's name.
      if (group == words_.command && leaf->get_name() == words_.subcommand)
        for (auto* option : parent->get_options())
          if (option->get_positional()) option->required(false);
      // Options of groups that were not asked for would only cost start-up time.
      if (group == words_.command) actions_[leaf] = bind_front(*leaf, front);
    }
  }

  static void show_help(const CLI::App& app) {
    std::string above;
    for (const CLI::App* here = app.get_parent(); here; here = here->get_parent())
      above = here->get_name() + (above.empty() ? "" : " ") + above;
    std::fputs(app.help(above, CLI::AppFormatMode::Normal).c_str(), stdout);
  }

  CLI::App* deepest() {
    CLI::App* here = &app_;
    while (!here->get_subcommands().empty()) here = here->get_subcommands().front();
    return here;
  }

  int act() {
    CLI::App* chosen = deepest();
    if (const auto extras = chosen->remaining(); !extras.empty())
      return session_.output.error(explain_extra(*chosen, extras.front()));
    if (const auto extras = app_.remaining(); !extras.empty())
      return session_.output.error(explain_extra(*chosen, extras.front()));
    if (const auto found = actions_.find(chosen); found != actions_.end() && found->second)
      return found->second(session_);
    show_help(*chosen);
    return chosen == &app_ ? 0 : 2;
  }

  const FirstWords& words_;
  CLI::App app_;
  Session session_;
  bool is_json_ = false, is_quiet_ = false;
  std::string language_;
  std::map<const CLI::App*, Action> actions_;
  std::map<std::string, CLI::App*> groups_;  // subcommands of the root
};

}  // namespace

int run_cli(int argc, char** argv) {
  const FirstWords words = first_words(argc, argv);
  base::set_language(base::language_from(words.language));
  try {
    return Program(words).run(argc, argv);
  } catch (const std::exception& error) {
    // Expected failures are values; what arrives here (no memory, a broken folder) still ends in
    // words and an exit code.
    std::fprintf(stderr, "%s\n", base::text("cli.error", error.what()).c_str());
    return 1;
  }
}

}  // namespace fulcrum::cli
