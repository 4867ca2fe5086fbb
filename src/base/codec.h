#pragma once
// Described structs <-> JSON <-> schema. Include it only in .cpp files: it is all templates.
//
// Rules of decoding, the same on every front:
//  - a member listed in the struct's `static constexpr std::string_view kRequired[]` must be there;
//    any other member keeps its initialiser when absent;
//  - an unknown member is an error that names the nearest valid one;
//  - integers are range-checked, never rounded;
//  - an error carries the path of the value: `job.resources.gpu_milli: expected integer >= 0,
//    got "two"`.
#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/json.h"
#include "base/personal.h"
#include "base/spelling.h"

namespace fulcrum::base {

namespace codec_detail {

template <class T>
inline constexpr bool kIsDescribed = boost::describe::has_describe_members<T>::value;
template <class T>
inline constexpr bool kIsEnum = std::is_enum_v<T>;
template <class T>
struct Is : std::false_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};

Failure mismatch(std::string_view path, std::string_view expected, const json::value& got);
Failure unknown_member(std::string_view path, std::string_view key,
                       const std::vector<std::string_view>& valid);
Failure missing_member(std::string_view path, std::string_view key);
Result<std::int64_t> decode_signed(const json::value&, std::string_view path, std::int64_t low,
                                   std::int64_t high);
Result<std::uint64_t> decode_unsigned(const json::value&, std::string_view path,
                                      std::uint64_t high);
Result<double> decode_double(const json::value&, std::string_view path);

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

template <class T>
std::vector<std::string_view> member_names() {
  std::vector<std::string_view> names;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) { names.emplace_back(member.name); });
  return names;
}

template <class T>
bool is_required(std::string_view name) {
  if constexpr (requires { T::kRequired; }) {
    for (std::string_view required : T::kRequired)
      if (required == name) return true;
  }
  return false;
}

/// Enumerators are written kLikeThis and read like_this.
std::string enumerator_text(std::string_view name);

}  // namespace codec_detail

template <class T>
json::value encode(const T& value);
template <class T>
Result<T> decode(const json::value& value, std::string_view path = {});
/// JSON schema of T in OpenAPI 3.1's dialect.
template <class T>
json::object schema_of();

template <class T>
std::string enum_name(T value) {
  std::string text;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto e) {
    if (e.value == value) text = codec_detail::enumerator_text(e.name);
  });
  return text;
}

template <class T>
json::value encode(const T& value) {
  using namespace codec_detail;
  if constexpr (std::is_same_v<T, json::value>) {
    return value;
  } else if constexpr (std::is_same_v<T, Personal>) {
    return json::object{{"$personal", {{"subject", value.subject}, {"text", value.text}}}};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return json::string(value);
  } else if constexpr (kIsEnum<T>) {
    return json::string(enum_name(value));
  } else if constexpr (std::is_arithmetic_v<T>) {
    return value;
  } else if constexpr (IsOptional<T>::value) {
    return value ? encode(*value) : json::value(nullptr);
  } else if constexpr (IsVector<T>::value) {
    json::array array;
    array.reserve(value.size());
    for (const auto& element : value) array.push_back(encode(element));
    return array;
  } else if constexpr (IsMap<T>::value) {
    json::object object;
    for (const auto& [key, element] : value) object[key] = encode(element);
    return object;
  } else {
    static_assert(kIsDescribed<T>, "BOOST_DESCRIBE_STRUCT is missing");
    json::object object;
    boost::mp11::mp_for_each<Members<T>>(
        [&](auto member) { object.emplace(member.name, encode(value.*member.pointer)); });
    return object;
  }
}

namespace codec_detail {

template <class T>
Result<T> decode_struct(const json::value& value, std::string_view path) {
  const auto* object = value.if_object();
  if (!object) return mismatch(path, "object", value);
  T result{};
  std::size_t seen = 0;
  std::optional<Error> error;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    if (error) return;
    const auto* found = object->if_contains(member.name);
    if (!found) {
      if (is_required<T>(member.name)) error = missing_member(path, member.name).value();
      return;
    }
    ++seen;
    using M = std::remove_reference_t<decltype(result.*member.pointer)>;
    std::string inner =
        path.empty() ? std::string(member.name) : std::string(path) + "." + member.name;
    auto decoded = decode<M>(*found, inner);
    if (!decoded) {
      error = std::move(decoded).error();
    } else {
      result.*member.pointer = std::move(*decoded);
    }
  });
  // A misspelt name is the likelier cause of a missing member, so it is what gets named.
  const bool is_missing = error && error->code == "value.missing";
  if (error && !is_missing) return Failure(std::move(*error));
  if (is_missing || seen != object->size()) {
    const auto names = member_names<T>();
    for (const auto& entry : *object) {
      std::string_view key(entry.key().data(), entry.key().size());
      if (std::find(names.begin(), names.end(), key) == names.end())
        return unknown_member(path, key, names);
    }
  }
  if (error) return Failure(std::move(*error));
  return result;
}

template <class T>
Result<T> decode_enum(const json::value& value, std::string_view path) {
  std::optional<T> result;
  std::string expected = "one of";
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto e) {
    const std::string name = enumerator_text(e.name);
    expected += " " + name;
    if (value.is_string() && value.get_string() == name) result = e.value;
  });
  if (!result) return mismatch(path, expected, value);
  return *result;
}

template <class T>
Result<T> decode_number(const json::value& value, std::string_view path) {
  if constexpr (std::is_same_v<T, double>) {
    TRY(double number, decode_double(value, path));
    return number;
  } else if constexpr (std::is_signed_v<T>) {
    TRY(std::int64_t number,
        decode_signed(value, path, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    return static_cast<T>(number);
  } else {
    TRY(std::uint64_t number, decode_unsigned(value, path, std::numeric_limits<T>::max()));
    return static_cast<T>(number);
  }
}

template <class T>
Result<T> decode_container(const json::value& value, std::string_view path) {
  T result;
  if constexpr (IsVector<T>::value) {
    const auto* array = value.if_array();
    if (!array) return mismatch(path, "array", value);
    result.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i) {
      TRY(auto element, decode<typename T::value_type>(
                            (*array)[i], std::string(path) + "[" + std::to_string(i) + "]"));
      result.push_back(std::move(element));
    }
  } else {
    const auto* object = value.if_object();
    if (!object) return mismatch(path, "object", value);
    for (const auto& entry : *object) {
      std::string key(entry.key());
      TRY(auto element, decode<typename T::mapped_type>(
                            entry.value(), path.empty() ? key : std::string(path) + "." + key));
      result.emplace(std::move(key), std::move(element));
    }
  }
  return result;
}

}  // namespace codec_detail

template <class T>
Result<T> decode(const json::value& value, std::string_view path) {
  using namespace codec_detail;
  if constexpr (std::is_same_v<T, json::value>) {
    return value;
  } else if constexpr (std::is_same_v<T, Personal>) {
    const auto* inner = find_path(value, "$personal");
    if (!inner) return mismatch(path, "personal text {\"$personal\":{subject,text}}", value);
    return Personal{get_string(*inner, "subject"), get_string(*inner, "text")};
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!value.is_string()) return mismatch(path, "string", value);
    return std::string(value.get_string());
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!value.is_bool()) return mismatch(path, "true or false", value);
    return value.get_bool();
  } else if constexpr (kIsEnum<T>) {
    return decode_enum<T>(value, path);
  } else if constexpr (std::is_arithmetic_v<T>) {
    return decode_number<T>(value, path);
  } else if constexpr (IsOptional<T>::value) {
    if (value.is_null()) return T{};
    TRY(auto inner, decode<typename T::value_type>(value, path));
    return T{std::move(inner)};
  } else if constexpr (IsVector<T>::value || IsMap<T>::value) {
    return decode_container<T>(value, path);
  } else {
    static_assert(kIsDescribed<T>, "BOOST_DESCRIBE_STRUCT is missing");
    return decode_struct<T>(value, path);
  }
}

template <class T>
json::object schema_of() {
  using namespace codec_detail;
  if constexpr (std::is_same_v<T, json::value>) {
    return {};
  } else if constexpr (std::is_same_v<T, Personal>) {
    return {{"type", "object"}, {"description", "personal text, stored sealed"}};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return {{"type", "string"}};
  } else if constexpr (std::is_same_v<T, bool>) {
    return {{"type", "boolean"}};
  } else if constexpr (kIsEnum<T>) {
    json::array names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto e) { names.push_back(json::string(enumerator_text(e.name))); });
    return {{"type", "string"}, {"enum", std::move(names)}};
  } else if constexpr (std::is_same_v<T, double>) {
    return {{"type", "number"}};
  } else if constexpr (std::is_arithmetic_v<T>) {
    json::object schema{{"type", "integer"}};
    if constexpr (!std::is_signed_v<T>) schema["minimum"] = 0;
    return schema;
  } else if constexpr (IsOptional<T>::value) {
    return schema_of<typename T::value_type>();
  } else if constexpr (IsVector<T>::value) {
    return {{"type", "array"}, {"items", schema_of<typename T::value_type>()}};
  } else if constexpr (IsMap<T>::value) {
    return {{"type", "object"}, {"additionalProperties", schema_of<typename T::mapped_type>()}};
  } else {
    json::object properties;
    json::array required;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
      using M = std::remove_reference_t<decltype(std::declval<T&>().*member.pointer)>;
      properties.emplace(member.name, schema_of<M>());
      if (is_required<T>(member.name)) required.push_back(json::string(member.name));
    });
    json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    schema["additionalProperties"] = false;
    return schema;
  }
}

}  // namespace fulcrum::base
