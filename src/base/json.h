#pragma once
// The one JSON type. Parsing and printing live here; struct <-> JSON lives in codec.h.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fulcrum::base {

namespace json = boost::json;

/// Fails with `json.syntax` and the line and column of the mistake, and with `json.number` for a
/// number that no double holds. `what` names the text
/// (a file, "request body") in the message.
Result<json::value> parse_json(std::string_view text, std::string_view what);
/// Compact, one line. Object members keep their order, so equal values give equal bytes.
std::string to_text(const json::value& value);
/// As to_text(), with members sorted by name all through: objects that differ in the order of their
/// members give equal bytes.
std::string to_canonical_text(const json::value& value);
/// Indented for people.
std::string to_pretty_text(const json::value& value);

/// Lenient look-ups for read-only rendering: the fallback where the member is absent or of
/// another type. Decoding of input uses codec.h instead.
std::string get_string(const json::value& object, std::string_view key, std::string fallback = {});
double get_number(const json::value& object, std::string_view key, double fallback = 0);
std::int64_t get_integer(const json::value& object, std::string_view key,
                         std::int64_t fallback = 0);
bool get_bool(const json::value& object, std::string_view key, bool fallback = false);
/// nullptr where the path `a.b.c` leads nowhere.
const json::value* find_path(const json::value& root, std::string_view dotted_path);

}  // namespace fulcrum::base
