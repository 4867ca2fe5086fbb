#include "api/convert.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace fulcrum::api {

namespace {

namespace json = base::json;

std::string_view type_of(const json::object& schema) {
  const auto* type = schema.if_contains("type");
  return type && type->is_string() ? std::string_view(type->get_string()) : std::string_view{};
}

template <class T>
std::optional<T> number_from(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(static_cast<double>(number))) return std::nullopt;  // "inf" is no JSON
  return number;
}

json::value parsed_or_text(std::string_view text) {
  auto parsed = base::parse_json(text, "value");
  return parsed ? std::move(*parsed) : json::value(text);
}

bool is_personal(const json::object& schema) {
  const auto* description = schema.if_contains("description");
  return description && description->is_string() && !schema.if_contains("properties") &&
         std::string_view(description->get_string()).starts_with("personal text");
}

}  // namespace

json::value value_from_text(const json::object& schema, std::string_view text) {
  const auto type = type_of(schema);
  if (type == "integer") {
    if (const auto number = number_from<std::int64_t>(text)) return *number;
    if (const auto number = number_from<std::uint64_t>(text)) return *number;
    return json::value(text);
  }
  if (type == "number") {
    if (const auto number = number_from<std::int64_t>(text)) return *number;
    if (const auto number = number_from<double>(text)) return *number;
    return json::value(text);
  }
  if (type == "boolean") {
    if (text == "true" || text == "false") return text == "true";
    return json::value(text);
  }
  if (type == "array") {
    if (text.starts_with("[")) return parsed_or_text(text);
    const auto* items = schema.if_contains("items");
    const auto* inner = items ? items->if_object() : nullptr;
    return json::array{inner ? value_from_text(*inner, text) : json::value(text)};
  }
  if (type == "object") {
    if (text.starts_with("{")) return parsed_or_text(text);
    if (is_personal(schema)) return json::object{{"$personal", {{"subject", ""}, {"text", text}}}};
    return json::value(text);
  }
  if (type.empty()) return parsed_or_text(text);
  return json::value(text);
}

const json::object* member_schema(const json::object& schema, std::string_view name) {
  const json::object* here = &schema;
  while (!name.empty()) {
    const auto dot = name.find('.');
    const auto key = name.substr(0, dot);
    name = dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
    const json::value* next = nullptr;
    if (const auto* properties = here->if_contains("properties");
        properties && properties->is_object())
      next = properties->get_object().if_contains(key);
    if (!next) next = here->if_contains("additionalProperties");
    if (!next || !next->is_object()) return nullptr;
    here = &next->get_object();
  }
  return here;
}

void set_from_text(json::object& body, const json::object& schema, std::string_view name,
                   std::string_view text) {
  const auto* inner = member_schema(schema, name);
  json::object* here = &body;
  std::string_view rest = name;
  for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    auto& next = (*here)[rest.substr(0, dot)];
    if (!next.is_object()) next = json::object{};
    here = &next.get_object();
    rest = rest.substr(dot + 1);
  }
  json::value value = inner ? value_from_text(*inner, text) : json::value(text);
  auto* present = here->if_contains(rest);
  if (present && present->is_array() && value.is_array()) {
    for (auto& element : value.get_array()) present->get_array().push_back(std::move(element));
    return;
  }
  (*here)[rest] = std::move(value);
}

}  // namespace fulcrum::api
