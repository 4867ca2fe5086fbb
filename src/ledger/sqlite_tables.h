#pragma once
// Read models in SQLite.
#include "ledger/catalogue.h"
#include "ledger/sqlite.h"
#include "ledger/table_buffer.h"

namespace fulcrum::ledger::sqlite {

/// Thread-safe.
class Tables final : public TableReader {
 public:
  Tables(const Catalogue& catalogue, const ReadPool& pool) : catalogue_(catalogue), pool_(pool) {}
  base::Result<std::vector<Row>> select(const Select& select) const override;
  base::Result<std::uint64_t> count(const Select& select) const override;
  const TableSpec* spec(std::string_view table) const override;

 private:
  const Catalogue& catalogue_;
  const ReadPool& pool_;
};

/// Inside the writer's transaction. A failure of load() is kept in status().
class TableStatements {
 public:
  TableStatements(const Catalogue& catalogue, Connection& connection)
      : catalogue_(catalogue), connection_(connection), statements_(catalogue.specs().size()) {}
  std::optional<Row> load(std::size_t table, const Row& key);
  base::Status write(const TableBuffer& buffer);
  base::Status clear();
  base::Status take_status() { return std::exchange(status_, base::Status{}); }

 private:
  struct PerTable {
    Statement* load = nullptr;
    Statement* upsert = nullptr;
    Statement* erase = nullptr;
  };
  base::Result<PerTable*> prepared(std::size_t table);
  const Catalogue& catalogue_;
  Connection& connection_;
  std::vector<PerTable> statements_;
  base::Status status_;
};

}  // namespace fulcrum::ledger::sqlite
