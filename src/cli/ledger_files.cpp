#include "cli/ledger_files.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/files.h"
#include "base/hash.h"
#include "base/text.h"
#include "cli/backend.h"
#include "control/engine/pillars.h"
#include "ledger/export.h"
#include "ledger/verify.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;
namespace fs = std::filesystem;

base::Status ledger_exists(const control::HomePaths& paths) {
  std::error_code ignored;
  if (!fs::exists(paths.ledger(), ignored))
    return base::not_found("ledger.missing", base::text("ledger.missing", paths.ledger().string()));
  return {};
}

/// For reading beside a server: SQLite lets readers in while another process writes.
base::Result<std::unique_ptr<ledger::Store>> open_for_reading(const control::HomePaths& paths) {
  CHECK_OK(ledger_exists(paths));
  return ledger::open_sqlite_store(
      paths.ledger().string(),
      {.tables = control::all_tables(control::make_pillars()), .sign = {}});
}

/// This home's own key and those of the ledgers that it was imported from, raw bytes.
std::vector<std::string> known_keys(const control::HomePaths& paths) {
  std::vector<std::string> keys;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(paths.keys(), ignored)) {
    if (entry.path().extension() != ".pub") continue;
    auto text = base::read_file(entry.path());
    if (!text) continue;
    while (!text->empty() && text->back() == '\n') text->pop_back();
    if (auto key = base::from_hex(*text)) keys.push_back(std::move(*key));
  }
  return keys;
}

/// A file that SQLite cannot read any more is a damaged ledger too: the same answer, in which the
/// first event that could not be checked is named.
int unreadable(const base::Error& error, std::uint64_t checked, const Session& session) {
  if (error.code != "ledger.corrupt") return session.output.error(error);
  session.output.value(json::object{{"ok", false},
                                    {"events", checked},
                                    {"root", ""},
                                    {"first_bad_seq", checked + 1},
                                    {"reason", error.message}});
  return 1;
}

int verify(const Session& session) {
  const auto paths = session.paths();
  auto store = open_for_reading(paths);
  if (!store) return unreadable(store.error(), 0, session);
  std::uint64_t checked = 0;
  const auto report = ledger::verify(
      **store, {.public_keys = known_keys(paths),
                .progress = [&](std::uint64_t done, std::uint64_t) { checked = done; }});
  if (!report) return unreadable(report.error(), checked, session);
  json::object answer{{"ok", report->ok}, {"events", report->events}, {"root", report->root}};
  if (!report->ok) {
    answer["first_bad_seq"] = report->first_bad_seq;
    answer["reason"] = report->reason;
  }
  answer["checkpoints"] = report->checkpoints;
  answer["signatures_checked"] = report->signatures_checked;
  session.output.value(answer);
  return report->ok ? 0 : 1;
}

/// What cannot be done beside a server.
base::Result<control::HomeLock> lock_alone(const Session& session) {
  auto lock = control::lock_home(session.paths());
  if (lock || lock.error().code != "home.locked") return lock;
  base::Error error = lock.error();
  error.fix = base::text("ledger.held_fix");
  return base::Failure(std::move(error));
}

base::Status rebuild(const Session& session) {
  TRY(auto lock, lock_alone(session));
  TRY(auto home, control::open_home(session.paths(), std::move(lock)));
  CHECK_OK(home->engine().rebuild());
  session.output.value(json::object{{"rebuilt", home->engine().store().size()}});
  return {};
}

/// An export is a read of everything: it is kept in the audit before anything leaves. A damaged
/// ledger can still be exported, which is then all that can be saved of it.
base::Status record_export(const Session& session) {
  const auto backend = connect(session);
  if (!backend && backend.error().code.starts_with("ledger.")) {
    std::cerr << base::text("ledger.export_unrecorded", base::describe(backend.error())) << "\n";
    return {};
  }
  if (!backend) return base::Failure(backend.error());
  TRY([[maybe_unused]] const auto reply,
      (*backend)->command("access.record",
                          json::object{{"what", "ledger.export"}, {"subject", "ledger"}}, {}));
  return {};
}

base::Status export_ledger(const std::string& target, const Session& session) {
  const auto paths = session.paths();
  CHECK_OK(ledger_exists(paths));
  CHECK_OK(record_export(session));
  TRY(const auto store, open_for_reading(paths));
  ledger::ExportOptions options;
  if (auto text = base::read_file(paths.keys() / "ledger.pub")) {
    while (!text->empty() && text->back() == '\n') text->pop_back();
    if (auto key = base::from_hex(*text)) options.public_key = std::move(*key);
  }
  if (target.empty() || target == "-") return ledger::export_to(*store, std::cout, options);
  // Under another name until it is whole: a half-written export must not look like one.
  const std::string part = target + ".part";
  {
    std::ofstream file(part, std::ios::binary | std::ios::trunc);
    if (!file) return base::failed("export.write", "cannot write " + part);
    CHECK_OK(ledger::export_to(*store, file, options));
    file.flush();
    if (!file) return base::failed("export.write", "cannot write " + part);
  }
  std::error_code error;
  fs::rename(part, target, error);
  if (error) return base::failed("export.write", "cannot write " + target);
  session.output.value(json::object{{"events", store->size()}, {"file", target}});
  return {};
}

/// The key that an export's first line names, in hexadecimal; empty when there is none.
std::string key_of_export(const std::string& source) {
  std::ifstream file(source, std::ios::binary);
  std::string line;
  std::getline(file, line);
  const auto head = base::parse_json(line, source);
  return head ? base::get_string(*head, "public_key") : "";
}

base::Status import_ledger(const std::string& source, const Session& session) {
  const auto paths = session.paths();
  TRY(auto lock, lock_alone(session));
  std::error_code error;
  if (fs::exists(paths.ledger(), error))
    return base::conflict("import.occupied", base::text("ledger.occupied", paths.ledger().string()),
                          base::text("ledger.occupied_fix"));
  std::ifstream file(source, std::ios::binary);
  if (!file) return base::usage("file.read", "cannot read the file", source);
  const fs::path part = paths.root / "ledger.db.import";
  for (const char* tail : {"", "-wal", "-shm"}) fs::remove(part.string() + tail, error);
  json::object answer;
  {
    TRY(auto store,
        ledger::open_sqlite_store(
            part.string(), {.tables = control::all_tables(control::make_pillars()), .sign = {}}));
    TRY(const auto report, ledger::import_from(*store, file));
    answer = {{"events", report.events}, {"root", report.root}};
  }
  if (const auto key = key_of_export(source); !key.empty()) {
    CHECK_OK(base::make_folder(paths.keys(), true));
    CHECK_OK(
        base::write_file(paths.keys() / ("imported-" + key.substr(0, 16) + ".pub"), key + "\n"));
  }
  fs::rename(part, paths.ledger(), error);
  if (error) return base::failed("import.write", error.message(), paths.ledger().string());
  TRY(auto home, control::open_home(paths, std::move(lock)));
  CHECK_OK(home->engine().rebuild());
  session.output.value(answer);
  return {};
}

int finish(const base::Status& status, const Session& session) {
  return status ? 0 : session.output.error(status.error());
}

}  // namespace

void add_ledger_files(CLI::App& ledger, const AlsoRegister& also) {
  also(*ledger.add_subcommand("verify", base::text("ledger.verify")), verify);
  also(*ledger.add_subcommand("rebuild", base::text("ledger.rebuild")),
       [](const Session& session) { return finish(rebuild(session), session); });
  auto file = std::make_shared<std::string>();
  auto* to = ledger.add_subcommand("export", base::text("ledger.export"));
  to->add_option("file", *file, base::text("ledger.export_file"))->type_name("FILE");
  also(*to,
       [file](const Session& session) { return finish(export_ledger(*file, session), session); });
  auto* from = ledger.add_subcommand("import", base::text("ledger.import"));
  from->add_option("file", *file, base::text("ledger.import_file"))->type_name("FILE");
  also(*from,
       [file](const Session& session) { return finish(import_ledger(*file, session), session); });
}

}  // namespace fulcrum::cli
