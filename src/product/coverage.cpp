// Requirement → gate → test → canary, with the orphans on both sides.
#include <map>
#include <set>

#include "product/decide.h"

namespace fulcrum::product {

namespace json = base::json;

namespace {

using Rows = std::vector<ledger::Row>;

struct Chain {
  json::array gates, tests, designs, canaries;
  bool gate_passed = false;
};

/// Adds the rows of product_gates that speak of this requirement. The record for it alone wins.
void add_gates(Chain& chain, const ledger::TableSpec& spec, const Rows& gates,
               const std::string& id, const std::string& gate) {
  const ledger::Row* counted = nullptr;
  for (const auto& row : gates) {
    const std::string name = ledger::as_text(row[0]), requirement = ledger::as_text(row[1]);
    const bool of_it = requirement == id || (requirement.empty() && name == gate && !gate.empty());
    if (!of_it) continue;
    chain.gates.push_back(ledger::row_as_json(spec, row));
    if (name == gate && (!counted || requirement == id)) counted = &row;
  }
  chain.gate_passed = counted && ledger::as_integer((*counted)[4]) != 0;
}

/// The first link of the chain that is missing; empty when it is whole.
std::string first_gap(const Chain& chain, const std::string& gate) {
  if (gate.empty()) return "gate";
  if (chain.gates.empty()) return "gate record";
  if (!chain.gate_passed) return "passing gate";
  if (chain.tests.empty()) return "test";
  if (chain.canaries.empty()) return "canary";
  return {};
}

json::array orphan_gates(const Rows& gates, const std::set<std::string>& named) {
  std::set<std::string> orphans;
  for (const auto& row : gates)
    if (ledger::as_text(row[1]).empty() && !named.contains(ledger::as_text(row[0])))
      orphans.insert(ledger::as_text(row[0]));
  json::array array;
  for (const auto& gate : orphans) array.push_back(json::string(gate));
  return array;
}

}  // namespace

base::Result<json::value> answer(const State&, const ListRequirements& query,
                                 const ledger::TableReader& tables) {
  ledger::Select select{.table = "product_requirements", .limit = 0};
  if (!query.product.empty()) select.where.push_back({.column = "product", .value = query.product});
  TRY(const auto rows, tables.select(select));
  TRY(const auto gates, tables.select({.table = "product_gates", .limit = 0}));
  TRY(const auto links, tables.select({.table = "product_links", .limit = 0}));
  json::array requirements, without_gate, uncovered;
  std::set<std::string> named;
  std::size_t covered = 0, wanted = 0;
  for (const auto& row : rows) {
    auto object = ledger::row_as_json(*tables.spec("product_requirements"), row);
    const std::string id = ledger::as_text(row[0]), gate = base::get_string(object, "gate");
    named.insert(gate);
    Chain chain;
    add_gates(chain, *tables.spec("product_gates"), gates, id, gate);
    for (const auto& link : links) {
      if (ledger::as_text(link[0]) != id) continue;
      const std::string kind = ledger::as_text(link[1]);
      auto& list = kind == "test" ? chain.tests : kind == "design" ? chain.designs : chain.canaries;
      list.push_back(json::string(ledger::as_text(link[2])));
    }
    const std::string gap = first_gap(chain, gate);
    if (base::get_integer(object, "dropped") == 0) {
      ++wanted;
      if (gap.empty()) ++covered;
      if (gate.empty()) without_gate.push_back(json::string(id));
      if (!gap.empty()) uncovered.push_back(json::object{{"requirement", id}, {"missing", gap}});
    }
    object["coverage"] =
        json::object{{"gates", std::move(chain.gates)},       {"gate_passed", chain.gate_passed},
                     {"tests", std::move(chain.tests)},       {"designs", std::move(chain.designs)},
                     {"canaries", std::move(chain.canaries)}, {"missing", gap}};
    requirements.push_back(std::move(object));
  }
  if (!query.product.empty()) {  // gates of other products' requirements are no orphans
    TRY(const auto all, tables.select({.table = "product_requirements", .limit = 0}));
    for (const auto& row : all) named.insert(ledger::as_text(row[4]));
  }
  return json::object{
      {"requirements", std::move(requirements)},
      {"wanted", wanted},
      {"covered", covered},
      {"uncovered", std::move(uncovered)},
      {"orphans", json::object{{"requirements_without_gate", std::move(without_gate)},
                               {"gates_without_requirement", orphan_gates(gates, named)}}}};
}

}  // namespace fulcrum::product
