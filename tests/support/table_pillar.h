#pragma once
// Stands in for a pillar whose read models alone matter: the event test.row writes any row.
#include <string>
#include <vector>

#include "ledger/pillar.h"

namespace fulcrum::tests {

class TablePillar final : public ledger::Pillar {
 public:
  explicit TablePillar(std::vector<ledger::TableSpec> tables) : tables_(std::move(tables)) {}
  std::string_view name() const override { return "test"; }
  const std::vector<ledger::CommandSpec>& commands() const override { return commands_; }
  const std::vector<ledger::QuerySpec>& queries() const override { return queries_; }
  const std::vector<ledger::TableSpec>& tables() const override { return tables_; }
  base::Result<ledger::NewEvents> decide(std::string_view, const base::json::value&,
                                         const ledger::Context&) const override {
    return ledger::NewEvents{};
  }
  void evolve(const ledger::Event&, const base::json::value&) override {}
  void project(const ledger::Event& event, const base::json::value& payload,
               ledger::TableWriter& tables) const override {
    if (event.kind != "test.row") return;
    for (const auto& spec : tables_) {
      if (spec.name != event.stream) continue;
      ledger::Row row;
      for (const auto& column : spec.columns) row.push_back(value_of(event, payload, column));
      tables.upsert(spec.name, std::move(row));
    }
  }
  base::Result<base::json::value> answer(std::string_view, const base::json::value&,
                                         const ledger::TableReader&) const override {
    return base::json::value(nullptr);
  }
  base::json::value save() const override { return base::json::object{}; }
  base::Status restore(const base::json::value&) override { return {}; }

 private:
  static ledger::Value value_of(const ledger::Event& event, const base::json::value& payload,
                                const ledger::Column& column) {
    if (column.name == "seq") return static_cast<std::int64_t>(event.seq);
    const auto* found = base::find_path(payload, column.name);
    if (!found || found->is_null()) return nullptr;
    switch (column.type) {
      case ledger::ColumnType::kText:
        return base::get_string(payload, column.name);
      case ledger::ColumnType::kInteger:
        return base::get_integer(payload, column.name);
      case ledger::ColumnType::kReal:
        return base::get_number(payload, column.name);
    }
    return nullptr;
  }
  const std::vector<ledger::TableSpec> tables_;
  const std::vector<ledger::CommandSpec> commands_;
  const std::vector<ledger::QuerySpec> queries_;
};

}  // namespace fulcrum::tests
