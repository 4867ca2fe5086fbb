#include "ledger/sqlite_schema.h"

#include <fmt/format.h>

namespace fulcrum::ledger::sqlite {

namespace {

constexpr std::int64_t kApplicationId = 0x46756c63;  // "Fulc"
constexpr std::int64_t kFormat = 1;

// Streams, kinds, actors and commands are stored once and named by small integers in the events.
constexpr const char* kTables = R"sql(
CREATE TABLE IF NOT EXISTS settings(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS names(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS streams(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS commands(
  id INTEGER PRIMARY KEY, command_id TEXT NOT NULL UNIQUE, last_seq INTEGER NOT NULL,
  reply TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events(
  seq INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, stream INTEGER NOT NULL,
  version INTEGER NOT NULL, kind INTEGER NOT NULL, actor INTEGER NOT NULL,
  command INTEGER NOT NULL, payload TEXT NOT NULL, leaf BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS events_stream ON events(stream, version);
CREATE TABLE IF NOT EXISTS checkpoints(
  size INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, root BLOB NOT NULL, signature BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tree(
  id INTEGER PRIMARY KEY CHECK(id = 1), size INTEGER NOT NULL, nodes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS snapshots(seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
INSERT OR IGNORE INTO tree(id, size, nodes) VALUES(1, 0, x'');
)sql";

base::Result<std::int64_t> pragma(Connection& connection, const std::string& name) {
  TRY(Statement * statement, connection.prepare("PRAGMA " + name));
  const Resetting resetting(*statement);
  TRY(const bool has_row, statement->step());
  return has_row ? statement->integer(0) : 0;
}

// Columns have no declared type, so that SQLite stores every value as it was given; only a lone
// integer key is declared, because it then is the row id.
std::string create_table(const TableSpec& spec) {
  const bool is_row_id = spec.key_columns == 1 && spec.columns[0].type == ColumnType::kInteger;
  std::string columns, key;
  for (std::size_t i = 0; i < spec.columns.size(); ++i) {
    columns += fmt::format("\"{}\"{}, ", spec.columns[i].name,
                           is_row_id && i == 0 ? " INTEGER PRIMARY KEY" : "");
    if (i < spec.key_columns) key += fmt::format("{}\"{}\"", i ? ", " : "", spec.columns[i].name);
  }
  if (is_row_id) {
    columns.resize(columns.size() - 2);
    return fmt::format("CREATE TABLE {}({});", table_name(spec), columns);
  }
  return fmt::format("CREATE TABLE {}({}PRIMARY KEY({})) WITHOUT ROWID;", table_name(spec), columns,
                     key);
}

base::Status drop_read_models(Connection& connection) {
  std::vector<std::string> names;
  {
    TRY(Statement * statement,
        connection.prepare(
            "SELECT name FROM sqlite_schema WHERE type='table' AND substr(name, 1, 3)='rm_'"));
    const Resetting resetting(*statement);
    for (;;) {
      TRY(const bool has_row, statement->step());
      if (!has_row) break;
      names.emplace_back(statement->text(0));
    }
  }
  for (const auto& name : names)
    CHECK_OK(connection.execute(fmt::format("DROP TABLE \"{}\"", name)));
  return {};
}

base::Status put_setting(Connection& connection, std::string_view key, std::string_view value) {
  TRY(Statement * statement,
      connection.prepare("INSERT OR REPLACE INTO settings(key, value) VALUES(?, ?)"));
  return statement->bind(1, key).bind_blob(2, value).run();
}

base::Status prepare_read_models(Connection& connection, const Catalogue& catalogue) {
  const std::string fingerprint = catalogue.fingerprint();
  {
    TRY(Statement * statement,
        connection.prepare("SELECT value FROM settings WHERE key='tables.fingerprint'"));
    const Resetting resetting(*statement);
    TRY(const bool has_row, statement->step());
    if (has_row && statement->blob(0) == fingerprint) return {};
  }
  CHECK_OK(drop_read_models(connection));
  for (const auto& spec : catalogue.specs()) {
    CHECK_OK(connection.execute(create_table(spec)));
    for (const auto& column : spec.indexed)
      CHECK_OK(connection.execute(fmt::format("CREATE INDEX \"rm_{}__{}\" ON {}(\"{}\")", spec.name,
                                              column, table_name(spec), column)));
  }
  CHECK_OK(put_setting(connection, "tables.fingerprint", fingerprint));
  TRY(Statement * statement, connection.prepare("SELECT size FROM tree"));
  const Resetting resetting(*statement);
  TRY(const bool has_row, statement->step());
  const bool has_events = has_row && statement->integer(0) > 0;
  if (!has_events) return {};
  return put_setting(connection, kStaleSetting, "1");
}

}  // namespace

std::string table_name(const TableSpec& spec) {
  return fmt::format("\"rm_{}\"", spec.name);
}

base::Status prepare_schema(Connection& connection, const Catalogue& catalogue) {
  CHECK_OK(connection.execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
      "PRAGMA secure_delete=ON;"
      "PRAGMA wal_autocheckpoint=2000; PRAGMA journal_size_limit=67108864;"));
  Transaction transaction(connection);
  CHECK_OK(transaction.begin());
  TRY(const auto application, pragma(connection, "application_id"));
  TRY(const auto format, pragma(connection, "user_version"));
  TRY(const auto schema_version, pragma(connection, "schema_version"));
  if (application != kApplicationId && (application != 0 || schema_version != 0))
    return base::failed("ledger.open", "this file is not a ledger");
  if (format > kFormat)
    return base::failed(
        "ledger.open",
        fmt::format("this ledger has format {}, this program reads up to {}", format, kFormat),
        "use a newer program");
  if (application == 0)
    CHECK_OK(connection.execute(
        fmt::format("PRAGMA application_id={}; PRAGMA user_version={};", kApplicationId, kFormat)));
  CHECK_OK(connection.execute(kTables));
  CHECK_OK(prepare_read_models(connection, catalogue));
  return transaction.commit();
}

}  // namespace fulcrum::ledger::sqlite
