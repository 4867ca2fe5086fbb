#include "cli/spec_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "api/convert.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/text.h"
#include "cli/backend.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

std::string summary_of(std::string_view kind, std::string_view name, std::string_view english) {
  return base::translated(std::string(kind) + "." + std::string(name), english);
}

const json::object* object_at(const json::object& schema, std::string_view key) {
  const auto* found = schema.if_contains(key);
  return found ? found->if_object() : nullptr;
}

std::string type_words(const json::object& schema) {
  if (const auto* values = schema.if_contains("enum"); values && values->is_array()) {
    std::string words;
    for (const auto& value : values->get_array())
      words += (words.empty() ? "" : "|") + std::string(value.get_string());
    return words;
  }
  std::string type = "JSON";
  if (const auto* named = schema.if_contains("type"); named && named->is_string())
    type = std::string(named->get_string());
  if (type == "integer" && schema.if_contains("minimum")) type += " \u2265 0";
  if (type == "array") {
    const auto* items = object_at(schema, "items");
    type = items && object_at(*items, "properties") ? "JSON array" : "text, may be repeated";
  }
  if (type == "object")
    type = object_at(schema, "additionalProperties") ? "key=value, may be repeated" : "text";
  return type;
}

void flatten(const std::string& prefix, const json::object& schema,
             std::vector<FlatOption>& options) {
  const auto* properties = object_at(schema, "properties");
  if (!properties) return;
  std::string required;
  if (const auto* names = schema.if_contains("required"))
    for (const auto& name : names->get_array())
      required += "," + std::string(name.get_string()) + ",";
  for (const auto& member : *properties) {
    const auto& inner = member.value().get_object();
    const std::string name = prefix + std::string(member.key());
    if (object_at(inner, "properties")) {
      flatten(name + ".", inner, options);
      continue;
    }
    FlatOption option{.name = name, .what = type_words(inner)};
    const auto* type = inner.if_contains("type");
    const std::string_view kind =
        type && type->is_string() ? std::string_view(type->get_string()) : std::string_view{};
    option.is_flag = kind == "boolean";
    option.is_list = kind == "array";
    option.is_map = kind == "object" && object_at(inner, "additionalProperties") != nullptr;
    if (required.find("," + std::string(member.key()) + ",") != std::string::npos)
      option.what += ", " + base::text("cli.required");
    options.push_back(std::move(option));
  }
}

base::Result<json::value> read_body(const std::string& source) {
  std::string text;
  if (source == "-") {
    std::ostringstream all;
    all << std::cin.rdbuf();
    text = std::move(all).str();
  } else {
    std::ifstream file(source, std::ios::binary);
    if (!file) return base::usage("file.read", "cannot read the file", source);
    std::ostringstream all;
    all << file.rdbuf();
    text = std::move(all).str();
  }
  TRY(auto body, base::parse_json(text, source == "-" ? "standard input" : source));
  if (!body.is_object())
    return base::usage("request.body", "expected a JSON object",
                       source == "-" ? "standard input" : source);
  return body;
}

struct Bound {
  Front front;
  std::vector<std::pair<FlatOption, CLI::Option*>> options;
  std::string from_json;
  std::string idempotency_key;
};

/// The object at "a.b.c"; made where there is none.
json::object& object_in(json::object& object, std::string_view path) {
  const std::size_t dot = path.find('.');
  json::value& member = object[path.substr(0, dot)];
  if (!member.is_object()) member = json::object{};
  return dot == std::string_view::npos ? member.get_object()
                                       : object_in(member.get_object(), path.substr(dot + 1));
}

base::Result<json::value> body_of(const Bound& bound) {
  json::value body = json::object{};
  if (!bound.from_json.empty()) {
    TRY(body, read_body(bound.from_json));
  }
  auto& object = body.get_object();
  for (const auto& [flat, option] : bound.options) {
    for (const std::string& text : option->results()) {
      const auto equals = text.find('=');
      if (flat.is_map && !text.starts_with("{") && equals != std::string::npos) {
        const auto* map = api::member_schema(bound.front.schema, flat.name);
        auto inner = api::value_from_text(map->at("additionalProperties").get_object(),
                                          std::string_view(text).substr(equals + 1));
        json::object one{{text.substr(0, equals), std::move(inner)}};
        json::object& present = object_in(object, flat.name);
        present.insert(one.begin(), one.end());
      } else {
        api::set_from_text(object, bound.front.schema, flat.name, text);
      }
    }
  }
  return body;
}

int run_front(const Bound& bound, const Session& session) {
  auto body = body_of(bound);
  if (!body) return session.output.error(body.error());
  auto backend = connect(session);
  if (!backend) return session.output.error(backend.error());
  if (!bound.front.is_command) {
    const auto answer = (*backend)->query(bound.front.name, *body);
    if (!answer) return session.output.error(answer.error());
    session.output.value(*answer);
    return 0;
  }
  std::string key = bound.idempotency_key;
  // A key of its own lets a lost connection be told from a lost command.
  if (key.empty()) key = base::IdSource::system().next(base::system_clock().now_us());
  const auto reply = (*backend)->command(bound.front.name, *body, key);
  if (!reply) return session.output.error(reply.error());
  session.output.accepted(*reply);
  return 0;
}

}  // namespace

std::vector<Front> all_fronts(const std::vector<std::unique_ptr<ledger::Pillar>>& pillars) {
  std::map<std::string, Front> fronts;
  for (const auto& pillar : pillars) {
    for (const auto& spec : pillar->commands())
      fronts[std::string(spec.name)] = {std::string(spec.name),
                                        summary_of("command", spec.name, spec.summary), spec.schema,
                                        true};
    for (const auto& spec : pillar->queries())
      fronts.emplace(std::string(spec.name),
                     Front{std::string(spec.name), summary_of("query", spec.name, spec.summary),
                           spec.schema, false});
  }
  std::vector<Front> sorted;
  for (auto& [name, front] : fronts) sorted.push_back(std::move(front));
  return sorted;
}

std::string option_name(const FlatOption& option) {
  std::string name = option.name;
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::vector<FlatOption> flat_options(const json::object& schema) {
  std::vector<FlatOption> options;
  flatten("", schema, options);
  return options;
}

Action bind_front(CLI::App& app, const Front& front) {
  auto bound = std::make_shared<Bound>();
  bound->front = front;
  for (const FlatOption& flat : flat_options(front.schema)) {
    const std::string name = option_name(flat);
    CLI::Option* option =
        flat.is_flag ? app.add_flag("--" + name + ",!--no-" + name) : app.add_option("--" + name);
    option->description(flat.what);
    if (!flat.is_flag) {
      option->allow_extra_args(false)->type_name("");
      option->multi_option_policy(flat.is_list || flat.is_map ? CLI::MultiOptionPolicy::TakeAll
                                                              : CLI::MultiOptionPolicy::TakeLast);
    }
    bound->options.emplace_back(flat, option);
  }
  app.add_option("--from-json", bound->from_json, base::text("cli.from_json"))->type_name("FILE");
  if (front.is_command)
    app.add_option("--idempotency-key", bound->idempotency_key, base::text("cli.idempotency_key"))
        ->type_name("KEY");
  return [bound](const Session& session) { return run_front(*bound, session); };
}

}  // namespace fulcrum::cli
