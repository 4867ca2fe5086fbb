#include "api/openapi.h"

namespace fulcrum::api {

namespace {

namespace json = base::json;

json::object content(json::value schema) {
  return {{"application/json", {{"schema", std::move(schema)}}}};
}

json::object reference(std::string_view name) {
  return {{"$ref", "#/components/schemas/" + std::string(name)}};
}

json::object responses(json::value schema) {
  json::object error{{"description", "refused or failed"},
                     {"content", content(reference("Error"))}};
  return {{"200", {{"description", "done"}, {"content", content(std::move(schema))}}},
          {"default", std::move(error)}};
}

json::object parameter(std::string_view name, std::string_view where, json::value schema,
                       std::string_view description) {
  return {
      {"name", name}, {"in", where}, {"description", description}, {"schema", std::move(schema)}};
}

json::object command_path(const ledger::CommandSpec& spec) {
  json::object operation{
      {"operationId", "command." + std::string(spec.name)},
      {"summary", spec.summary},
      {"tags", json::array{"commands"}},
      {"x-role", ledger::role_name(spec.role)},
      {"parameters",
       json::array{parameter("Idempotency-Key", "header", json::object{{"type", "string"}},
                             "sent again with the same key, the command happens once")}},
      {"requestBody", {{"required", true}, {"content", content(spec.schema)}}},
      {"responses", responses(reference("Accepted"))}};
  return {{"post", std::move(operation)}};
}

json::object query_path(const ledger::QuerySpec& spec) {
  json::array parameters;
  if (const auto* properties = spec.schema.if_contains("properties"))
    for (const auto& member : properties->get_object())
      parameters.push_back(parameter(member.key(), "query", member.value(), ""));
  const json::object common{{"summary", spec.summary},
                            {"tags", json::array{"queries"}},
                            {"x-role", ledger::role_name(spec.role)},
                            {"responses", responses(json::object{})}};
  json::object get = common, post = common;
  get["operationId"] = "query." + std::string(spec.name);
  get["parameters"] = std::move(parameters);
  post["operationId"] = "query." + std::string(spec.name) + ".post";
  post["requestBody"] = json::object{{"content", content(spec.schema)}};
  return {{"get", std::move(get)}, {"post", std::move(post)}};
}

json::object schemas() {
  const json::object text{{"type", "string"}}, number{{"type", "integer"}, {"minimum", 0}};
  const json::object numbers{{"type", "array"}, {"items", number}};
  json::object error{
      {"type", "object"},
      {"properties",
       {{"error",
         {{"type", "object"},
          {"properties", {{"code", text}, {"message", text}, {"field", text}, {"fix", text}}}}}}}};
  json::object accepted{{"type", "object"},
                        {"properties",
                         {{"seq", number},
                          {"events", numbers},
                          {"streams", {{"type", "array"}, {"items", text}}},
                          {"repeated", {{"type", "boolean"}}}}},
                        {"required", json::array{"seq", "events"}}};
  json::object event{{"type", "object"},
                     {"properties",
                      {{"seq", number},
                       {"time_us", number},
                       {"stream", text},
                       {"version", number},
                       {"kind", text},
                       {"actor", text},
                       {"command_id", text},
                       {"payload", {{"type", "object"}}}}}};
  json::object page{
      {"type", "object"},
      {"properties",
       {{"events", {{"type", "array"}, {"items", reference("Event")}}}, {"next", number}}}};
  return {{"Error", std::move(error)},
          {"Accepted", std::move(accepted)},
          {"Event", std::move(event)},
          {"LedgerPage", std::move(page)}};
}

json::object ledger_path() {
  const json::object number{{"type", "integer"}, {"minimum", 0}};
  return {{"get",
           {{"operationId", "ledger"},
            {"summary", "Events in order"},
            {"parameters", json::array{parameter("from", "query", number, "first seq, from 1"),
                                       parameter("limit", "query", number, "at most 5000")}},
            {"responses", responses(reference("LedgerPage"))}}}};
}

json::object plain_path(std::string_view id, std::string_view summary) {
  return {{"get",
           {{"operationId", id},
            {"summary", summary},
            {"responses", {{"200", {{"description", "done"}}}}}}}};
}

json::object run_answer() {
  return {{"type", "object"}, {"properties", {{"run", {{"type", "string"}}}}}};
}

json::object run_path() {
  const json::object text{{"type", "string"}}, flag{{"type", "boolean"}};
  const auto described = [](json::object schema, const char* words) {
    schema["description"] = words;
    return schema;
  };
  json::object body{{"type", "object"},
                    {"properties",
                     {{"path", described(text, "the plan's file; a relative one starts at folder")},
                      {"folder", described(text, "absolute")},
                      {"text", described(text, "the plan itself; paths in it start at folder")},
                      {"overrides", {{"type", "array"}, {"items", described(text, "key=value")}}},
                      {"refresh", described(flag, "fetch the sources again")},
                      {"dry_run", described(flag, "answer what would run, and run nothing")}}}};
  return {{"post",
           {{"operationId", "plans.run"},
            {"summary", "Run a plan, or find it running"},
            {"x-role", "member"},
            {"requestBody", {{"required", true}, {"content", content(std::move(body))}}},
            {"responses", responses(run_answer())}}}};
}

/// A path with {run} in it.
json::object of_run(json::object path) {
  json::object run = parameter("run", "path", json::object{{"type", "string"}}, "the run's id");
  run["required"] = true;
  path["parameters"] = json::array{std::move(run)};
  return path;
}

}  // namespace

json::object openapi_of(const std::vector<std::unique_ptr<ledger::Pillar>>& pillars) {
  json::object paths;
  for (const auto& pillar : pillars) {
    for (const auto& spec : pillar->commands())
      paths["/api/v1/commands/" + std::string(spec.name)] = command_path(spec);
    for (const auto& spec : pillar->queries())
      paths["/api/v1/queries/" + std::string(spec.name)] = query_path(spec);
  }
  paths["/api/v1/ledger"] = ledger_path();
  paths["/api/v1/events"] =
      plain_path("events", "Server-Sent Events, from Last-Event-ID or ?from=");
  paths["/api/v1/plans/run"] = run_path();
  paths["/api/v1/plans/runs/{run}/events"] = of_run(plain_path(
      "plans.events", "Server-Sent Events of a run, from its start or after Last-Event-ID"));
  paths["/api/v1/plans/runs/{run}/stop"] = of_run({{"post",
                                                    {{"operationId", "plans.stop"},
                                                     {"summary", "Interrupt a run"},
                                                     {"x-role", "member"},
                                                     {"responses", responses(run_answer())}}}});
  paths["/metrics"] = plain_path("metrics", "Prometheus text format");
  paths["/healthz"] = plain_path("healthz", "The process lives");
  paths["/readyz"] = plain_path("readyz", "The engine answers");
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "Fulcrum"}, {"version", "1"}}},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", schemas()},
            {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}},
          {"security", json::array{json::object{{"token", json::array{}}}}}};
}

}  // namespace fulcrum::api
