#pragma once
// The write side of one append: changes are kept in memory, the last one for a key wins, and the
// backend takes them when the group is complete.
#include <functional>
#include <unordered_map>
#include <vector>

#include "ledger/catalogue.h"

namespace fulcrum::ledger {

class TableBuffer final : public TableWriter {
 public:
  struct Change {
    Row key;                 // key columns only
    std::optional<Row> row;  // none: erased
  };
  /// Reads what was there before this append. Failures of the medium are the loader's to keep.
  using Load = std::function<std::optional<Row>(std::size_t table, const Row& key)>;

  TableBuffer(const Catalogue& catalogue, Load load);
  void upsert(std::string_view table, Row row) override;
  std::optional<Row> get(std::string_view table, const Row& key) override;
  void erase(std::string_view table, const Row& key) override;

  /// Per table of the catalogue, in order of first change.
  const std::vector<std::vector<Change>>& changes() const { return changes_; }
  std::size_t count() const { return count_; }
  void clear();
  /// `table.unknown` when an undeclared table was written or read.
  const base::Status& status() const { return status_; }

 private:
  int find(std::string_view table);
  void put(std::size_t table, Row key, std::optional<Row> row);

  const Catalogue& catalogue_;
  Load load_;
  std::vector<std::vector<Change>> changes_;
  std::vector<std::unordered_map<std::string, std::size_t>> positions_;
  std::size_t count_ = 0;
  base::Status status_;
};

}  // namespace fulcrum::ledger
