#include "ledger/sqlite_tables.h"

#include <fmt/format.h>

#include "ledger/sqlite_schema.h"

namespace fulcrum::ledger::sqlite {

namespace {

struct Where {
  std::string sql;
  std::vector<Value> values;
};

std::string_view operator_of(Compare compare, bool is_null) {
  switch (compare) {
    case Compare::kEqual:
      return is_null ? "IS" : "=";
    case Compare::kNotEqual:
      return "IS NOT";  // null is not equal to anything else
    case Compare::kLess:
      return "<";
    case Compare::kLessEqual:
      return "<=";
    case Compare::kGreater:
      return ">";
    default:
      return ">=";
  }
}

base::Result<Where> where_of(const TableSpec& spec, const Select& select) {
  Where where;
  for (const auto& condition : select.where) {
    TRY(const auto column, Catalogue::column(spec, condition.column));
    const std::string& name = spec.columns[column].name;
    where.sql += where.sql.empty() ? " WHERE " : " AND ";
    if (condition.compare == Compare::kPrefix) {
      const auto* prefix = std::get_if<std::string>(&condition.value);
      if (!prefix) {
        where.sql += "0";
        continue;
      }
      // A range, so that an index serves it. Text is above every number.
      where.sql += fmt::format("\"{}\" >= ?", name);
      where.values.push_back(*prefix);
      if (std::string end = prefix_end(*prefix); !end.empty()) {
        where.sql += fmt::format(" AND \"{}\" < ?", name);
        where.values.push_back(std::move(end));
      }
      continue;
    }
    const bool is_null = std::holds_alternative<std::nullptr_t>(condition.value);
    where.sql += fmt::format("\"{}\" {} ?", name, operator_of(condition.compare, is_null));
    where.values.push_back(condition.value);
  }
  return where;
}

base::Result<std::string> order_of(const TableSpec& spec, const Select& select) {
  TRY(const auto terms, Catalogue::order(spec, select));
  std::string sql;
  for (const auto& term : terms)
    sql += fmt::format("{}\"{}\"{}", sql.empty() ? " ORDER BY " : ", ",
                       spec.columns[term.column].name, term.descending ? " DESC" : "");
  return sql;
}

Row read_row(const Statement& statement, std::size_t columns) {
  Row row;
  row.reserve(columns);
  for (std::size_t i = 0; i < columns; ++i) row.push_back(statement.value(static_cast<int>(i)));
  return row;
}

std::string key_condition(const TableSpec& spec) {
  std::string sql;
  for (std::size_t i = 0; i < spec.key_columns; ++i)
    sql += fmt::format("{}\"{}\" = ?", i ? " AND " : " WHERE ", spec.columns[i].name);
  return sql;
}

/// Binds the values and says which parameter is next.
int bind_all(Statement& statement, const std::vector<Value>& values) {
  int next = 1;
  for (const auto& value : values) statement.bind(next++, value);
  return next;
}

}  // namespace

base::Result<std::vector<Row>> Tables::select(const Select& select) const {
  TRY(const auto table, catalogue_.require(select.table));
  const auto& spec = catalogue_.specs()[table];
  TRY(const auto where, where_of(spec, select));
  TRY(const auto order, order_of(spec, select));
  TRY(const auto connection, pool_.lease());
  TRY(Statement * statement,
      connection->prepare(fmt::format("SELECT * FROM {}{}{} LIMIT ? OFFSET ?", table_name(spec),
                                      where.sql, order)));
  const Resetting resetting(*statement);
  const int next = bind_all(*statement, where.values);
  statement->bind(next,
                  select.limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(select.limit));
  statement->bind(next + 1, static_cast<std::int64_t>(select.offset));
  std::vector<Row> rows;
  for (;;) {
    TRY(const bool has_row, statement->step());
    if (!has_row) return rows;
    rows.push_back(read_row(*statement, spec.columns.size()));
  }
}

base::Result<std::uint64_t> Tables::count(const Select& select) const {
  TRY(const auto table, catalogue_.require(select.table));
  const auto& spec = catalogue_.specs()[table];
  TRY(const auto where, where_of(spec, select));
  TRY(const auto connection, pool_.lease());
  TRY(Statement * statement,
      connection->prepare(fmt::format("SELECT count(*) FROM {}{}", table_name(spec), where.sql)));
  const Resetting resetting(*statement);
  bind_all(*statement, where.values);
  TRY(const bool has_row, statement->step());
  return has_row ? static_cast<std::uint64_t>(statement->integer(0)) : 0;
}

const TableSpec* Tables::spec(std::string_view table) const {
  const int index = catalogue_.find(table);
  return index < 0 ? nullptr : &catalogue_.specs()[static_cast<std::size_t>(index)];
}

base::Result<TableStatements::PerTable*> TableStatements::prepared(std::size_t table) {
  PerTable& per_table = statements_[table];
  if (per_table.upsert) return &per_table;
  const auto& spec = catalogue_.specs()[table];
  std::string marks;
  for (std::size_t i = 0; i < spec.columns.size(); ++i) marks += i ? ", ?" : "?";
  const std::string name = table_name(spec), key = key_condition(spec);
  TRY(per_table.load, connection_.prepare(fmt::format("SELECT * FROM {}{}", name, key)));
  TRY(per_table.erase, connection_.prepare(fmt::format("DELETE FROM {}{}", name, key)));
  TRY(per_table.upsert,
      connection_.prepare(fmt::format("INSERT OR REPLACE INTO {} VALUES({})", name, marks)));
  return &per_table;
}

std::optional<Row> TableStatements::load(std::size_t table, const Row& key) {
  auto per_table = prepared(table);
  if (!per_table) {
    status_ = base::Failure(per_table.error());
    return std::nullopt;
  }
  Statement& statement = *(*per_table)->load;
  const Resetting resetting(statement);
  bind_all(statement, key);
  const auto has_row = statement.step();
  if (!has_row) status_ = base::Failure(has_row.error());
  if (!has_row || !*has_row) return std::nullopt;
  return read_row(statement, catalogue_.specs()[table].columns.size());
}

base::Status TableStatements::write(const TableBuffer& buffer) {
  for (std::size_t table = 0; table < statements_.size(); ++table) {
    const auto& changes = buffer.changes()[table];
    if (changes.empty()) continue;
    TRY(PerTable * per_table, prepared(table));
    for (const auto& change : changes) {
      Statement& statement = change.row ? *per_table->upsert : *per_table->erase;
      bind_all(statement, change.row ? *change.row : change.key);
      CHECK_OK(statement.run());
    }
  }
  return {};
}

base::Status TableStatements::clear() {
  for (const auto& spec : catalogue_.specs())
    CHECK_OK(connection_.execute("DELETE FROM " + table_name(spec)));
  return {};
}

}  // namespace fulcrum::ledger::sqlite
