#pragma once
// Text from a URL or a command line into JSON, led by a schema. What does not fit stays a string,
// so that the decoder can refuse it with the same words on every front.
#include <string_view>

#include "base/json.h"

namespace fulcrum::api {

/// "3" -> 3 for an integer, "true" for a boolean, "[1,2]" or "{…}" for arrays and objects, "a" for
/// an array's only element; personal text becomes {"$personal":{"subject":"","text":…}}.
base::json::value value_from_text(const base::json::object& schema, std::string_view text);

/// Sets body.a.b for the name "a.b" (making objects on the way). A name given twice for an array
/// appends to it; "labels=key=value" is not special. Unknown names are set as strings.
void set_from_text(base::json::object& body, const base::json::object& schema,
                   std::string_view name, std::string_view text);

/// The schema of the member `name` ("a.b"), or nullptr.
const base::json::object* member_schema(const base::json::object& schema, std::string_view name);

}  // namespace fulcrum::api
