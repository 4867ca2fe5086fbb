// fulcrum ledger tail; the verbs on the ledger's file are in ledger_files.cpp.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "cli/backend.h"
#include "cli/ledger_files.h"
#include "cli/verb.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

struct TailOptions {
  std::uint64_t from = 0;  // 0: the newest `limit`
  std::uint64_t limit = 20;
};

base::Result<json::value> tail_page(Backend& backend, const TailOptions& options) {
  if (options.from > 0) return backend.ledger(options.from, options.limit);
  TRY(const auto size, backend.ledger_size());
  return backend.ledger(size > options.limit ? size - options.limit + 1 : 1, options.limit);
}

int tail(const TailOptions& options, const Session& session) {
  auto backend = connect(session);
  if (!backend) return session.output.error(backend.error());
  auto page = tail_page(**backend, options);
  if (!page) return session.output.error(page.error());
  if (session.output.mode != OutputMode::kTable) {
    session.output.value(*page);
    return 0;
  }
  json::array rows;
  for (const auto& event : page->at("events").get_array()) {
    json::object row;
    for (const char* name : {"seq", "time_us", "stream", "kind", "actor", "payload"})
      row[name] = event.at(name);
    rows.push_back(std::move(row));
  }
  session.output.value(json::object{{"events", std::move(rows)}});
  return 0;
}

}  // namespace

Action ledger_verb(CLI::App& app, const AlsoRegister& also) {
  app.require_subcommand(0, 1);
  auto* tail_app = app.add_subcommand("tail", base::text("ledger.tail"));
  auto options = std::make_shared<TailOptions>();
  tail_app->add_option("--from", options->from, base::text("ledger.from"))->type_name("SEQ");
  tail_app->add_option("--limit", options->limit, base::text("ledger.limit"))->type_name("N");
  also(*tail_app, [options](const Session& session) { return tail(*options, session); });
  add_ledger_files(app, also);
  return {};
}

}  // namespace fulcrum::cli
