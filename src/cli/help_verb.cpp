// fulcrum help [TOPIC]
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "base/spelling.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/topics.h"
#include "cli/verb.h"

namespace fulcrum::cli {

namespace {

std::string_view suffix() {
  return base::language() == base::Language::kChinese ? ".zh.md" : ".en.md";
}

/// First line without "# ".
std::string title_of(std::string_view content) {
  auto line = content.substr(0, content.find('\n'));
  while (line.starts_with("#") || line.starts_with(" ")) line.remove_prefix(1);
  return std::string(line);
}

int help(const std::string& wanted, const CLI::App& root, const Session& session) {
  std::vector<std::string_view> names;
  base::TableText list;
  for (const Topic& topic : topics()) {
    if (!topic.name.ends_with(suffix())) continue;
    const auto name = topic.name.substr(0, topic.name.size() - suffix().size());
    if (name == wanted) {
      std::fwrite(topic.content.data(), 1, topic.content.size(), stdout);
      return 0;
    }
    names.push_back(name);
    list.rows.push_back({"  " + std::string(name), title_of(topic.content)});
  }
  if (wanted.empty()) {
    // App::help() would show the subcommand that was parsed, which is `help` itself.
    const auto text =
        root.get_formatter()->make_help(&root, root.get_name(), CLI::AppFormatMode::Normal);
    std::fputs(text.c_str(), stdout);
    std::printf("\n%s\n%s", base::text("help.topics").c_str(), base::render(list).c_str());
    return 0;
  }
  for (const auto* sub : root.get_subcommands([](const CLI::App*) { return true; })) {
    if (sub->get_name() != wanted) continue;
    std::fputs(sub->help(root.get_name(), CLI::AppFormatMode::Normal).c_str(), stdout);
    return 0;
  }
  const std::string near = base::nearest(wanted, names);
  return session.output.error(
      {base::ErrorKind::kUsage,
       "help.unknown",
       base::text("help.unknown", wanted),
       {},
       near.empty() ? base::text("help.see") : base::text("cli.did_you_mean", near)});
}

}  // namespace

Action help_verb(CLI::App& app, const AlsoRegister&) {
  auto topic = std::make_shared<std::string>();
  app.add_option("topic", *topic, base::text("help.topic"))->type_name("TOPIC");
  return [topic, &app](const Session& session) { return help(*topic, *app.get_parent(), session); };
}

}  // namespace fulcrum::cli
