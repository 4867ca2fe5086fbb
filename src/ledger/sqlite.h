#pragma once
// Owning handles over the SQLite C API; nothing outside this folder sees SQLite.
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "ledger/tables.h"

struct sqlite3;
struct sqlite3_stmt;

namespace fulcrum::ledger::sqlite {

/// The failure of the last call on a connection: `ledger.disk_full`, `ledger.busy`,
/// `ledger.corrupt`, else `fallback`.
base::Failure failure(sqlite3* database, std::string_view fallback);

/// A prepared statement; bound texts must live until the next reset().
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* database, sqlite3_stmt* statement);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::uint64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind(int index, const Value& value);
  /// True when there is a row. Fails with `ledger.read`.
  base::Result<bool> step();
  /// Steps a statement that returns no row, and resets it. Fails with `ledger.write`.
  base::Status run();
  void reset();

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // until the next step
  std::string_view blob(int column) const;
  Value value(int column) const;

 private:
  sqlite3* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

/// Resets the statement when the scope ends, so that no read transaction is left open.
class Resetting {
 public:
  explicit Resetting(Statement& statement) : statement_(statement) {}
  ~Resetting() { statement_.reset(); }
  Resetting(const Resetting&) = delete;
  Resetting& operator=(const Resetting&) = delete;

 private:
  Statement& statement_;
};

/// One connection, for one thread at a time.
class Connection {
 public:
  /// Fails with `ledger.open`.
  static base::Result<std::unique_ptr<Connection>> open(const std::string& path);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  base::Status execute(const std::string& sql);
  /// Kept for the connection's life, by its text.
  base::Result<Statement*> prepare(const std::string& sql);
  sqlite3* handle() const { return database_; }

 private:
  explicit Connection(sqlite3* database) : database_(database) {}
  sqlite3* database_;
  std::unordered_map<std::string, Statement> statements_;
};

/// BEGIN IMMEDIATE … COMMIT; rolls back when it is destroyed before commit().
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  base::Status begin();
  base::Status commit();

 private:
  Connection& connection_;
  bool is_open_ = false;
};

/// Connections for readers; thread-safe.
class ReadPool {
 public:
  explicit ReadPool(std::string path) : path_(std::move(path)) {}
  class Lease {
   public:
    Lease(const ReadPool* pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = default;
    ~Lease();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    const ReadPool* pool_;
    std::unique_ptr<Connection> connection_;
  };
  base::Result<Lease> lease() const;

 private:
  const std::string path_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace fulcrum::ledger::sqlite
