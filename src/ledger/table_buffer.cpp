#include "ledger/table_buffer.h"

namespace fulcrum::ledger {

TableBuffer::TableBuffer(const Catalogue& catalogue, Load load)
    : catalogue_(catalogue),
      load_(std::move(load)),
      changes_(catalogue.specs().size()),
      positions_(catalogue.specs().size()) {}

int TableBuffer::find(std::string_view table) {
  const int index = catalogue_.find(table);
  if (index < 0 && status_) status_ = base::Failure(catalogue_.require(table).error());
  return index;
}

void TableBuffer::put(std::size_t table, Row key, std::optional<Row> row) {
  const auto& spec = catalogue_.specs()[table];
  auto& changes = changes_[table];
  const auto [at, is_new] =
      positions_[table].try_emplace(Catalogue::key_text(spec, key), changes.size());
  if (is_new) {
    changes.push_back({std::move(key), std::move(row)});
    ++count_;
  } else {
    changes[at->second].row = std::move(row);
  }
}

void TableBuffer::upsert(std::string_view table, Row row) {
  const int index = find(table);
  if (index < 0) return;
  const auto& spec = catalogue_.specs()[static_cast<std::size_t>(index)];
  Catalogue::normalise(spec, row);
  Row key(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(spec.key_columns));
  put(static_cast<std::size_t>(index), std::move(key), std::move(row));
}

std::optional<Row> TableBuffer::get(std::string_view table, const Row& key) {
  const int index = find(table);
  if (index < 0) return std::nullopt;
  const auto at = static_cast<std::size_t>(index);
  Row wanted = key;
  Catalogue::normalise_key(catalogue_.specs()[at], wanted);
  const auto known = positions_[at].find(Catalogue::key_text(catalogue_.specs()[at], wanted));
  if (known != positions_[at].end()) return changes_[at][known->second].row;
  return load_(at, wanted);
}

void TableBuffer::erase(std::string_view table, const Row& key) {
  const int index = find(table);
  if (index < 0) return;
  Row wanted = key;
  Catalogue::normalise_key(catalogue_.specs()[static_cast<std::size_t>(index)], wanted);
  put(static_cast<std::size_t>(index), std::move(wanted), std::nullopt);
}

void TableBuffer::clear() {
  for (auto& changes : changes_) changes.clear();
  for (auto& positions : positions_) positions.clear();
  count_ = 0;
}

}  // namespace fulcrum::ledger
