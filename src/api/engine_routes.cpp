#include "api/engine_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/convert.h"

namespace fulcrum::api {

namespace {

namespace json = base::json;

constexpr std::uint64_t kDefaultPage = 100, kMostPage = 5000;
constexpr std::size_t kMostPageBytes = 8 << 20;
constexpr std::uint64_t kStreamBatch = 200;
constexpr std::int64_t kStreamWaitUs = 1'000'000;
constexpr std::size_t kMostKeyBytes = 200;

base::Result<json::value> object_body(const HttpRequest& request) {
  if (request.body.find_first_not_of(" \t\r\n") == std::string::npos)
    return json::value(json::object{});
  TRY(auto body, base::parse_json(request.body, "request body"));
  if (!body.is_object())
    return base::usage("request.body", "expected a JSON object", "request body");
  return body;
}

base::Result<std::uint64_t> number_parameter(const HttpRequest& request, std::string_view name,
                                             std::uint64_t fallback) {
  const std::string text = request.parameter(name);
  if (text.empty()) return fallback;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return base::usage("value.type",
                       "expected integer \u2265 0, got " + base::to_text(json::value(text)),
                       std::string(name));
  return number;
}

const ledger::QuerySpec* find_query(const control::Engine& engine, std::string_view name) {
  for (const auto& pillar : engine.pillars())
    for (const auto& spec : pillar->queries())
      if (spec.name == name) return &spec;
  return nullptr;
}

void append_json_string(std::string& out, std::string_view text) {
  out += base::to_text(json::value(text));
}

void append_event(std::string& out, const ledger::Event& event) {
  fmt::format_to(std::back_inserter(out), R"({{"seq":{},"time_us":{},"stream":)", event.seq,
                 event.time_us);
  append_json_string(out, event.stream);
  fmt::format_to(std::back_inserter(out), R"(,"version":{},"kind":)", event.version);
  append_json_string(out, event.kind);
  out += R"(,"actor":)";
  append_json_string(out, event.actor);
  out += R"(,"command_id":)";
  append_json_string(out, event.command_id);
  out += R"(,"payload":)";
  out += event.payload.empty() ? "{}" : event.payload;
  out += '}';
}

/// A page of nothing else is no read to record: whoever follows the ledger would feed what he
/// follows for ever.
bool is_evidence_of_reading(const ledger::Event& event) {
  return event.kind == control::kAccessRecorded &&
         event.payload.find(R"("what":"ledger.)") != std::string::npos;
}

}  // namespace

std::string event_text(const ledger::Event& event) {
  std::string out;
  append_event(out, event);
  return out;
}

HttpResponse run_command(control::Engine& engine, std::string_view name, const HttpRequest& request,
                         const Identity& identity) {
  auto body = object_body(request);
  if (!body) return error_response(body.error());
  std::string key = request.header("idempotency-key");
  if (key.size() > kMostKeyBytes)
    return error_response(base::Error{base::ErrorKind::kUsage, "request.idempotency_key",
                                      "longer than 200 bytes", "Idempotency-Key"});
  const auto reply = engine.submit({.name = std::string(name),
                                    .body = std::move(*body),
                                    .actor = identity.actor,
                                    .role = identity.role,
                                    .idempotency_key = std::move(key)});
  if (!reply) return error_response(reply.error());
  return json_response(reply_as_json(*reply));
}

json::object reply_as_json(const control::CommandReply& reply) {
  json::array events, streams;
  for (const auto seq : reply.events) events.push_back(seq);
  for (const auto& stream : reply.streams) streams.push_back(json::string(stream));
  json::object answer{
      {"seq", reply.seq}, {"events", std::move(events)}, {"streams", std::move(streams)}};
  if (reply.repeated) answer["repeated"] = true;
  return answer;
}

HttpResponse run_query(control::Engine& engine, std::string_view name, const HttpRequest& request,
                       const Identity& identity) {
  json::value parameters = json::object{};
  if (request.method == "GET") {
    const auto* spec = find_query(engine, name);
    for (const auto& [key, text] : request.query)
      set_from_text(parameters.get_object(), spec ? spec->schema : json::object{}, key, text);
  } else {
    auto body = object_body(request);
    if (!body) return error_response(body.error());
    parameters = std::move(*body);
  }
  const auto answer = engine.query(name, parameters, identity.actor, identity.role);
  if (!answer) return error_response(answer.error());
  return json_response(*answer);
}

HttpResponse read_ledger(control::Engine& engine, const HttpRequest& request,
                         const Identity& identity) {
  const auto from = number_parameter(request, "from", 1);
  if (!from) return error_response(from.error());
  const auto limit = number_parameter(request, "limit", kDefaultPage);
  if (!limit) return error_response(limit.error());
  auto page = ledger_page(engine, *from, *limit, identity.actor);
  if (!page) return error_response(page.error());
  return {.body = std::move(*page)};
}

base::Result<std::string> ledger_page(control::Engine& engine, std::uint64_t from,
                                      std::uint64_t limit, const std::string& reader) {
  const std::uint64_t first = std::max<std::uint64_t>(1, from);
  const std::uint64_t most = std::clamp<std::uint64_t>(limit, 1, kMostPage);
  std::string page = R"({"events":[)";
  std::uint64_t next = first;
  bool has_news = false;
  CHECK_OK(engine.store().read(first, most, [&](const ledger::Event& event) {
    if (next != first) page += ',';
    append_event(page, event);
    has_news = has_news || !is_evidence_of_reading(event);
    next = event.seq + 1;
    return page.size() < kMostPageBytes;
  }));
  if (has_news) CHECK_OK(engine.record_read(reader, "ledger.read", "ledger"));
  fmt::format_to(std::back_inserter(page), R"(],"next":{}}})", next);
  return page;
}

HttpResponse stream_events(control::Engine& engine, const HttpRequest& request) {
  std::uint64_t after = engine.store().size();
  if (const auto from = number_parameter(request, "from", 0); !from) {
    return error_response(from.error());
  } else if (*from > 0) {
    after = *from - 1;
  }
  if (const std::string last = request.header("last-event-id"); !last.empty()) {
    const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), after);
    if (error != std::errc{} || end != last.data() + last.size())
      return error_response(base::Error{base::ErrorKind::kUsage, "value.type",
                                        "expected the id of an event", "Last-Event-ID"});
  }
  HttpResponse response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("X-Accel-Buffering", "no");
  response.stream = [&engine, after, first = true]() mutable -> std::optional<std::string> {
    // Headers alone may sit in a proxy's buffer; a comment tells the reader that it is connected.
    if (std::exchange(first, false)) return "retry: 1000\n\n";
    if (engine.wait_for_events(after, kStreamWaitUs) <= after) return "";
    std::string chunk;
    const auto status =
        engine.store().read(after + 1, kStreamBatch, [&](const ledger::Event& event) {
          fmt::format_to(std::back_inserter(chunk), "id: {}\nevent: {}\ndata: ", event.seq,
                         event.kind);
          append_event(chunk, event);
          chunk += "\n\n";
          after = event.seq;
          return true;
        });
    if (!status) return std::nullopt;
    return chunk;
  };
  return response;
}

}  // namespace fulcrum::api
