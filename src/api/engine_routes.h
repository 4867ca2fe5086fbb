#pragma once
// Requests answered by the engine: commands, queries, the ledger and its event stream.
#include <string_view>

#include "api/router.h"

namespace fulcrum::api {

HttpResponse run_command(control::Engine& engine, std::string_view name, const HttpRequest& request,
                         const Identity& identity);
HttpResponse run_query(control::Engine& engine, std::string_view name, const HttpRequest& request,
                       const Identity& identity);
/// GET /api/v1/ledger?from=SEQ&limit=N
HttpResponse read_ledger(control::Engine& engine, const HttpRequest& request,
                         const Identity& identity);
/// GET /api/v1/events: Server-Sent Events after Last-Event-ID, from ?from=SEQ, else new ones only.
HttpResponse stream_events(control::Engine& engine, const HttpRequest& request);

/// {"seq","events","streams"} and, when it is so, "repeated".
base::json::object reply_as_json(const control::CommandReply& reply);
/// {"events":[…],"next"} as text; fewer than `limit` events when they are large.
/// The read is kept in the audit as `reader`'s.
base::Result<std::string> ledger_page(control::Engine& engine, std::uint64_t from,
                                      std::uint64_t limit, const std::string& reader);
/// One event as JSON text: {"seq","time_us","stream","version","kind","actor","command_id",
/// "payload"}.
std::string event_text(const ledger::Event& event);

}  // namespace fulcrum::api
