#include "ledger/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>

namespace fulcrum::ledger::sqlite {

base::Failure failure(sqlite3* database, std::string_view fallback) {
  const int code = sqlite3_errcode(database) & 0xff;
  const std::string message = sqlite3_errmsg(database);
  const bool no_space = code == SQLITE_IOERR && (sqlite3_system_errno(database) == ENOSPC ||
                                                 sqlite3_system_errno(database) == EDQUOT);
  if (code == SQLITE_FULL || no_space)
    return base::failed("ledger.disk_full", "the disk is full: " + message,
                        "free space; the same command may then be sent again");
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    return base::failed("ledger.busy", "another process writes this ledger: " + message,
                        "send commands through the process that has it open");
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
    return base::failed("ledger.corrupt", "the ledger's file is damaged: " + message,
                        "restore it from an export or a copy");
  return base::failed(std::string(fallback), fmt::format("{} (SQLite code {})", message,
                                                         sqlite3_extended_errcode(database)));
}

Statement::Statement(sqlite3* database, sqlite3_stmt* statement)
    : database_(database), statement_(statement) {}
Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}
Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(statement_, other.statement_);
  return *this;
}
Statement::~Statement() {
  sqlite3_finalize(statement_);
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_, index, value);
  return *this;
}
Statement& Statement::bind(int index, std::uint64_t value) {
  return bind(index, static_cast<std::int64_t>(value));
}
Statement& Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL instead of the empty text.
  sqlite3_bind_text64(statement_, index, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind_blob(int index, std::string_view bytes) {
  sqlite3_bind_blob64(statement_, index, bytes.data() ? bytes.data() : "", bytes.size(),
                      SQLITE_STATIC);
  return *this;
}
Statement& Statement::bind(int index, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    bind(index, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    sqlite3_bind_double(statement_, index, *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    bind(index, std::string_view(*text));
  } else {
    sqlite3_bind_null(statement_, index);
  }
  return *this;
}

base::Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  auto error = failure(database_, "ledger.read");
  reset();
  return error;
}

base::Status Statement::run() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_DONE || code == SQLITE_ROW) {
    sqlite3_reset(statement_);
    return {};
  }
  auto error = failure(database_, "ledger.write");
  reset();
  return error;
}

void Statement::reset() {
  sqlite3_reset(statement_);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
std::string_view Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (!bytes) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (!bytes) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
Value Statement::value(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return integer(column);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement_, column);
    case SQLITE_NULL:
      return nullptr;
    default:
      return std::string(text(column));
  }
}

namespace {
/// Counting allocations costs SQLite a lock for each; nobody reads the count.
void configure_once() {
  static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)done;  // refused once SQLite is in use, which only means slower
}
}  // namespace

base::Result<std::unique_ptr<Connection>> Connection::open(const std::string& path) {
  configure_once();
  sqlite3* database = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                    (path.starts_with("file:") ? SQLITE_OPEN_URI : 0);
  const int code = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK)
    return base::failed("ledger.open",
                        fmt::format("cannot open the ledger {}: {}", path,
                                    database ? sqlite3_errmsg(database) : sqlite3_errstr(code)));
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, 5000);
  return connection;
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close_v2(database_);
}

base::Status Connection::execute(const std::string& sql) {
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return failure(database_, "ledger.write");
}

base::Result<Statement*> Connection::prepare(const std::string& sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return &found->second;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
    return failure(database_, "ledger.read");
  return &statements_.emplace(sql, Statement(database_, statement)).first->second;
}

Transaction::~Transaction() {
  // SQLite may have rolled back by itself; then there is nothing left to undo.
  if (is_open_ && !sqlite3_get_autocommit(connection_.handle()))
    sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}
base::Status Transaction::begin() {
  CHECK_OK(connection_.execute("BEGIN IMMEDIATE"));
  is_open_ = true;
  return {};
}
base::Status Transaction::commit() {
  CHECK_OK(connection_.execute("COMMIT"));
  is_open_ = false;
  return {};
}

ReadPool::Lease::~Lease() {
  if (!connection_) return;
  const std::lock_guard lock(pool_->mutex_);
  pool_->idle_.push_back(std::move(connection_));
}

base::Result<ReadPool::Lease> ReadPool::lease() const {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(connection));
    }
  }
  TRY(auto connection, Connection::open(path_));
  CHECK_OK(connection->execute(
      "PRAGMA query_only=1; PRAGMA cache_size=-16384; PRAGMA mmap_size=1073741824;"));
  return Lease(this, std::move(connection));
}

}  // namespace fulcrum::ledger::sqlite
