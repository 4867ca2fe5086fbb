#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>
#include <cmath>
#include <utility>
#include <vector>

namespace fulcrum::base {

namespace {

std::string position(std::string_view text, std::size_t offset) {
  std::size_t line = 1, column = 1;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
  }
  return fmt::format("{}:{}", line, column);
}

void print(const json::value& value, std::string& out, int indent) {
  const std::string pad(static_cast<std::size_t>(indent) * 2, ' ');
  if (const auto* object = value.if_object(); object && !object->empty()) {
    out += "{\n";
    bool first = true;
    for (const auto& member : *object) {
      if (!first) out += ",\n";
      first = false;
      out += pad + "  " + json::serialize(json::value(member.key())) + ": ";
      print(member.value(), out, indent + 1);
    }
    out += "\n" + pad + "}";
  } else if (const auto* array = value.if_array(); array && !array->empty()) {
    out += "[\n";
    bool first = true;
    for (const auto& element : *array) {
      if (!first) out += ",\n";
      first = false;
      out += pad + "  ";
      print(element, out, indent + 1);
    }
    out += "\n" + pad + "]";
  } else {
    out += json::serialize(value);
  }
}

void print_canonical(const json::value& value, std::string& out) {
  if (const auto* array = value.if_array()) {
    out += '[';
    for (const auto& element : *array) {
      if (out.back() != '[') out += ',';
      print_canonical(element, out);
    }
    out += ']';
  } else if (const auto* object = value.if_object()) {
    std::vector<const json::key_value_pair*> members;
    for (const auto& member : *object) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const auto* a, const auto* b) { return a->key() < b->key(); });
    bool first = true;
    out += '{';
    for (const auto* member : members) {
      if (!std::exchange(first, false)) out += ',';
      out += json::serialize(json::string_view(member->key()));
      out += ':';
      print_canonical(member->value(), out);
    }
    out += '}';
  } else {
    out += json::serialize(value);
  }
}

/// "1e400" parses as an infinity, which is printed as no JSON at all.
bool is_finite(const json::value& value) {
  if (const auto* number = value.if_double()) return std::isfinite(*number);
  if (const auto* array = value.if_array())
    return std::all_of(array->begin(), array->end(), is_finite);
  if (const auto* object = value.if_object())
    return std::all_of(object->begin(), object->end(),
                       [](const auto& member) { return is_finite(member.value()); });
  return true;
}

}  // namespace

Result<json::value> parse_json(std::string_view text, std::string_view what) {
  boost::system::error_code error;
  json::stream_parser parser;
  const std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error && used == text.size()) parser.finish(error);
  if (!error && used < text.size()) {
    if (text.find_first_not_of(" \t\r\n", used) != std::string_view::npos)
      error = json::make_error_code(json::error::extra_data);
  }
  if (error) {
    return usage("json.syntax", fmt::format("{}: not valid JSON ({})", what, error.message()),
                 fmt::format("{}:{}", what, position(text, used)));
  }
  json::value value = parser.release();
  if (!is_finite(value))
    return usage("json.number", fmt::format("{}: a number is beyond 1.8e308", what),
                 std::string(what));
  return value;
}

std::string to_text(const json::value& value) {
  return json::serialize(value);
}

std::string to_canonical_text(const json::value& value) {
  std::string out;
  print_canonical(value, out);
  return out;
}

std::string to_pretty_text(const json::value& value) {
  std::string out;
  print(value, out, 0);
  return out;
}

std::string get_string(const json::value& object, std::string_view key, std::string fallback) {
  const auto* found = find_path(object, key);
  if (!found || !found->is_string()) return fallback;
  return std::string(found->get_string());
}

double get_number(const json::value& object, std::string_view key, double fallback) {
  const auto* found = find_path(object, key);
  if (!found || !found->is_number()) return fallback;
  return found->to_number<double>();
}

std::int64_t get_integer(const json::value& object, std::string_view key, std::int64_t fallback) {
  const auto* found = find_path(object, key);
  if (!found) return fallback;
  if (found->is_int64()) return found->get_int64();
  if (found->is_uint64()) return static_cast<std::int64_t>(found->get_uint64());
  return fallback;
}

bool get_bool(const json::value& object, std::string_view key, bool fallback) {
  const auto* found = find_path(object, key);
  return found && found->is_bool() ? found->get_bool() : fallback;
}

const json::value* find_path(const json::value& root, std::string_view dotted_path) {
  const json::value* here = &root;
  while (!dotted_path.empty()) {
    const auto dot = dotted_path.find('.');
    const auto key = dotted_path.substr(0, dot);
    dotted_path = dot == std::string_view::npos ? std::string_view{} : dotted_path.substr(dot + 1);
    const auto* object = here->if_object();
    if (!object) return nullptr;
    here = object->if_contains(key);
    if (!here) return nullptr;
  }
  return here;
}

}  // namespace fulcrum::base
