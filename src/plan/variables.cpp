#include "plan/variables.h"

namespace fulcrum::plan {

namespace {

namespace json = base::json;

/// Calls visit(before, name) for each ${name}; returns what follows the last one.
std::string_view each_variable(
    std::string_view text,
    const std::function<void(std::string_view before, std::string_view name)>& visit) {
  for (;;) {
    const auto open = text.find("${");
    if (open == std::string_view::npos) return text;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return text;
    visit(text.substr(0, open), text.substr(open + 2, close - open - 2));
    text.remove_prefix(close + 1);
  }
}

json::value transform(const json::value& value,
                      const std::function<json::value(const json::string&)>& change) {
  if (value.is_string()) return change(value.get_string());
  if (const auto* array = value.if_array()) {
    json::array result;
    for (const auto& element : *array) result.push_back(transform(element, change));
    return result;
  }
  if (const auto* object = value.if_object()) {
    json::object result;
    for (const auto& entry : *object) result[entry.key()] = transform(entry.value(), change);
    return result;
  }
  return value;
}

}  // namespace

std::string substitute(std::string_view text, const Lookup& lookup) {
  std::string result;
  const auto rest = each_variable(text, [&](std::string_view before, std::string_view name) {
    result += before;
    if (auto value = lookup(name)) {
      result += *value;
    } else {
      result += "${" + std::string(name) + "}";
    }
  });
  return result + std::string(rest);
}

json::value substitute(const json::value& value, const ValueLookup& lookup) {
  const Lookup as_text = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = lookup(name);
    if (!found) return std::nullopt;
    return found->is_string() ? std::string(found->get_string()) : base::to_text(*found);
  };
  if (const auto* object = value.if_object()) {
    json::object result;
    for (const auto& entry : *object)
      result[entry.key()] =
          entry.key() == "command"
              ? transform(entry.value(),
                          [&](const json::string& word) -> json::value {
                            return json::string(substitute(std::string_view(word), as_text));
                          })
              : substitute(entry.value(), lookup);
    return result;
  }
  if (const auto* array = value.if_array()) {
    json::array result;
    for (const auto& element : *array) result.push_back(substitute(element, lookup));
    return result;
  }
  if (!value.is_string()) return value;
  const std::string_view text(value.get_string());
  if (text.starts_with("${") && text.find('}') == text.size() - 1)
    if (auto found = lookup(text.substr(2, text.size() - 3))) return std::move(*found);
  return json::string(substitute(text, as_text));
}

json::value substitute_settings(const json::value& value, const json::object& settings) {
  return substitute(value, [&](std::string_view name) -> std::optional<json::value> {
    const auto* setting = settings.if_contains(name);
    return setting ? std::optional(*setting) : std::nullopt;
  });
}

std::set<std::string> variables_in(const json::value& value) {
  std::set<std::string> names;
  (void)transform(value, [&](const json::string& text) -> json::value {
    each_variable(text, [&](std::string_view, std::string_view name) { names.emplace(name); });
    return nullptr;
  });
  return names;
}

}  // namespace fulcrum::plan
