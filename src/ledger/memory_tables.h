#pragma once
// Read models of the memory store.
#include <map>
#include <shared_mutex>
#include <vector>

#include "ledger/catalogue.h"
#include "ledger/table_buffer.h"

namespace fulcrum::ledger {

/// Thread-safe.
class MemoryTables final : public TableReader {
 public:
  explicit MemoryTables(const Catalogue& catalogue);
  base::Result<std::vector<Row>> select(const Select& select) const override;
  base::Result<std::uint64_t> count(const Select& select) const override;
  const TableSpec* spec(std::string_view table) const override;

  std::optional<Row> load(std::size_t table, const Row& key) const;
  void apply(const TableBuffer& buffer);
  void clear();

 private:
  struct KeyLess {
    bool operator()(const Row& left, const Row& right) const;
  };
  using Rows = std::map<Row, Row, KeyLess>;
  base::Result<std::vector<Row>> matching(const Select& select) const;

  const Catalogue& catalogue_;
  mutable std::shared_mutex mutex_;
  std::vector<Rows> tables_;
};

}  // namespace fulcrum::ledger
