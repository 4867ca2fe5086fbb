// http/http_message.h and api/convert.h: a request's target, and its parameters by a schema.
#include <algorithm>

#include "api/convert.h"
#include "fuzz/fuzz.h"
#include "http/http_message.h"

FUZZ(http_target) {
  using namespace fulcrum;
  namespace json = base::json;
  static const json::value schema =
      base::parse_json(
          R"({"type":"object","properties":{"limit":{"type":"integer"},"share":{"type":"number"},
          "ok":{"type":"boolean"},"tags":{"type":"array","items":{"type":"integer"}},
          "job":{"type":"object","properties":{"name":{"type":"string"},"any":{}}},
          "labels":{"type":"object","additionalProperties":{"type":"string"}}}})",
          "schema")
          .value();
  http::HttpRequest request;
  if (!http::set_target(request, input)) return;
  fuzz::must(request.path.starts_with('/'), "a path begins with a slash");
  fuzz::must(request.path.find('\0') == std::string::npos, "no NUL in a path");
  fuzz::must(request.path.size() <= input.size(), "decoding never grows");
  json::object body;
  for (const auto& [name, text] : request.query)
    api::set_from_text(body, schema.get_object(), name, text);
  fuzz::must(request.query.empty() || !body.empty(), "a parameter is not lost");
  for (const char* name : {"limit", "share"})
    if (const auto* number = body.if_contains(name))
      fuzz::must(number->is_number() || number->is_string() || number->is_object(),
                 "what is no number stays as it was written");
  // A JSON parser takes 32 levels; each dot makes one.
  if (std::count(input.begin(), input.end(), '.') + std::count(input.begin(), input.end(), '%') <
      20)
    fuzz::must(base::parse_json(base::to_text(body), "body").has_value(), "what it made is JSON");
}
