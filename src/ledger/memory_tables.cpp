#include "ledger/memory_tables.h"

#include <algorithm>
#include <mutex>

namespace fulcrum::ledger {

bool MemoryTables::KeyLess::operator()(const Row& left, const Row& right) const {
  for (std::size_t i = 0; i < left.size() && i < right.size(); ++i)
    if (const int order = compare_values(left[i], right[i]); order != 0) return order < 0;
  return left.size() < right.size();
}

MemoryTables::MemoryTables(const Catalogue& catalogue)
    : catalogue_(catalogue), tables_(catalogue.specs().size()) {}

base::Result<std::vector<Row>> MemoryTables::matching(const Select& select) const {
  TRY(const auto table, catalogue_.require(select.table));
  const auto& spec = catalogue_.specs()[table];
  std::vector<std::size_t> columns;
  for (const auto& condition : select.where) {
    TRY(const auto column, Catalogue::column(spec, condition.column));
    columns.push_back(column);
  }
  const std::shared_lock lock(mutex_);
  std::vector<Row> rows;
  for (const auto& [key, row] : tables_[table]) {
    bool all = true;
    for (std::size_t i = 0; i < columns.size() && all; ++i)
      all = holds(row[columns[i]], select.where[i].compare, select.where[i].value);
    if (all) rows.push_back(row);
  }
  return rows;
}

base::Result<std::vector<Row>> MemoryTables::select(const Select& select) const {
  TRY(auto rows, matching(select));
  const auto& spec = *this->spec(select.table);
  TRY(const auto order, Catalogue::order(spec, select));
  std::sort(rows.begin(), rows.end(), [&](const Row& left, const Row& right) {
    for (const auto& term : order) {
      const int compared = compare_values(left[term.column], right[term.column]);
      if (compared != 0) return term.descending ? compared > 0 : compared < 0;
    }
    return false;
  });
  const std::size_t begin = std::min(select.offset, rows.size());
  std::size_t end = rows.size();
  if (select.limit != 0) end = std::min(end, begin + std::min(select.limit, rows.size() - begin));
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(end), rows.end());
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(begin));
  return rows;
}

base::Result<std::uint64_t> MemoryTables::count(const Select& select) const {
  TRY(const auto rows, matching(select));
  return rows.size();
}

const TableSpec* MemoryTables::spec(std::string_view table) const {
  const int index = catalogue_.find(table);
  return index < 0 ? nullptr : &catalogue_.specs()[static_cast<std::size_t>(index)];
}

std::optional<Row> MemoryTables::load(std::size_t table, const Row& key) const {
  const std::shared_lock lock(mutex_);
  const auto found = tables_[table].find(key);
  if (found == tables_[table].end()) return std::nullopt;
  return found->second;
}

void MemoryTables::apply(const TableBuffer& buffer) {
  const std::unique_lock lock(mutex_);
  for (std::size_t table = 0; table < tables_.size(); ++table) {
    for (const auto& change : buffer.changes()[table]) {
      tables_[table].erase(change.key);
      if (change.row) tables_[table].emplace(change.key, *change.row);
    }
  }
}

void MemoryTables::clear() {
  const std::unique_lock lock(mutex_);
  for (auto& rows : tables_) rows.clear();
}

}  // namespace fulcrum::ledger
