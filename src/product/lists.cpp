// Plain lists over the read models.
#include "product/decide.h"

namespace fulcrum::product {

namespace json = base::json;

namespace {

base::Result<json::value> listed(const ledger::TableReader& tables, const ledger::Select& select,
                                 const char* name) {
  TRY(const auto rows, tables.select(select));
  json::array array;
  for (const auto& row : rows)
    array.push_back(ledger::row_as_json(*tables.spec(select.table), row));
  return json::object{{name, std::move(array)}};
}

void require(ledger::Select& select, const char* column, const std::string& value) {
  if (!value.empty()) select.where.push_back({.column = column, .value = value});
}

}  // namespace

base::Result<json::value> answer(const State&, const ListProducts&,
                                 const ledger::TableReader& tables) {
  return listed(tables, {.table = "product_products"}, "products");
}

base::Result<json::value> answer(const State&, const ListGates& query,
                                 const ledger::TableReader& tables) {
  ledger::Select select{.table = "product_gates"};
  require(select, "gate", query.gate);
  return listed(tables, select, "gates");
}

base::Result<json::value> answer(const State&, const ListChecks& query,
                                 const ledger::TableReader& tables) {
  ledger::Select select{.table = "product_checks"};
  require(select, "kind", query.kind);
  return listed(tables, select, "checks");
}

base::Result<json::value> answer(const State&, const ShowScorecard&,
                                 const ledger::TableReader& tables) {
  return listed(tables, {.table = "product_targets"}, "targets");
}

base::Result<json::value> answer(const State&, const ListEvidence& query,
                                 const ledger::TableReader& tables) {
  ledger::Select select{.table = "product_evidence", .order = {"-seq"}, .limit = query.limit};
  require(select, "score", query.score);
  require(select, "factor", query.factor);
  return listed(tables, select, "evidence");
}

base::Result<json::value> answer(const State&, const ListFeedback& query,
                                 const ledger::TableReader& tables) {
  ledger::Select select{.table = "product_feedback", .order = {"-seq"}, .limit = query.limit};
  require(select, "subject", query.subject);
  require(select, "request_id", query.request_id);
  TRY(auto result, listed(tables, select, "feedback"));
  for (auto& entry : result.as_object()["feedback"].as_array()) {
    // Kept as the sealed object's text; given out as the object, for the engine to open.
    auto& text = entry.as_object()["text"];
    auto sealed = base::parse_json(base::get_string(entry, "text"), "sealed text");
    text = sealed ? std::move(*sealed) : json::value(nullptr);
  }
  return result;
}

}  // namespace fulcrum::product
