#include "product/read_models.h"

namespace fulcrum::product {

using enum ledger::ColumnType;
using ledger::Row;
using ledger::TableWriter;
using ledger::Value;
namespace json = base::json;

std::vector<ledger::TableSpec> table_specs() {
  return {
      {.name = "product_products",
       .columns = {{"product", kText}, {"title", kText}, {"purpose", kText}, {"seq", kInteger}}},
      {.name = "product_requirements",
       .columns = {{"id", kText},
                   {"product", kText},
                   {"title", kText},
                   {"weight", kReal},
                   {"gate", kText},
                   {"due_us", kInteger},
                   {"accepted", kInteger},
                   {"accepted_us", kInteger},
                   {"accepted_seq", kInteger},
                   {"dropped", kInteger},
                   {"seq", kInteger}}},
      {.name = "product_links",
       .columns = {{"requirement", kText}, {"kind", kText}, {"target", kText}, {"seq", kInteger}},
       .key_columns = 3},
      {.name = "product_gates",
       .columns = {{"gate", kText},
                   {"requirement", kText},
                   {"value", kReal},
                   {"target", kReal},
                   {"passed", kInteger},
                   {"evidence", kText},
                   {"simulated", kInteger},
                   {"time_us", kInteger},
                   {"seq", kInteger}},
       .key_columns = 2},
      {.name = "product_checks",
       .columns = {{"kind", kText},
                   {"name", kText},
                   {"simulated", kInteger},
                   {"passed", kInteger},
                   {"value", kReal},
                   {"target", kReal},
                   {"unit", kText},
                   {"evidence", kText},
                   {"time_us", kInteger},
                   {"seq", kInteger}},
       .key_columns = 3},
      {.name = "product_feedback",
       .columns = {{"seq", kInteger},
                   {"time_us", kInteger},
                   {"actor", kText},
                   {"request_id", kText},
                   {"subject", kText},
                   {"rating", kInteger},
                   {"task_success", kInteger},
                   {"text", kText},
                   {"simulated", kInteger}},
       .indexed = {"request_id", "subject"}},
      {.name = "product_targets",
       .columns = {{"score", kText},
                   {"factor", kText},
                   {"metric", kText},
                   {"value", kReal},
                   {"period_days", kReal},
                   {"seq", kInteger}},
       .key_columns = 2},
      {.name = "product_evidence",
       .columns = {{"seq", kInteger},
                   {"time_us", kInteger},
                   {"score", kText},
                   {"factor", kText},
                   {"metric", kText},
                   {"value", kReal},
                   {"low", kReal},
                   {"high", kReal},
                   {"n", kInteger},
                   {"method", kText},
                   {"source", kText},
                   {"simulated", kInteger}},
       .indexed = {"factor"}}};
}

namespace {

Value number(const json::value& payload, std::string_view key) {
  const auto* found = base::find_path(payload, key);
  if (!found || !found->is_number()) return nullptr;
  return found->to_number<double>();
}
Value flag(const json::value& payload, std::string_view key) {
  const auto* found = base::find_path(payload, key);
  if (!found || !found->is_bool()) return nullptr;
  return std::int64_t{found->get_bool()};
}
Value text(const json::value& payload, std::string_view key) {
  return base::get_string(payload, key);
}
/// An array or object as its JSON text; null when absent.
Value nested(const json::value& payload, std::string_view key) {
  const auto* found = base::find_path(payload, key);
  if (!found || found->is_null()) return nullptr;
  return base::to_text(*found);
}
std::int64_t seq_of(const ledger::Event& event) {
  return static_cast<std::int64_t>(event.seq);
}

void add_requirement(const ledger::Event& event, const json::value& payload, TableWriter& tables) {
  tables.upsert(
      "product_requirements",
      {text(payload, "id"), text(payload, "product"), text(payload, "title"),
       number(payload, "weight"), text(payload, "gate"), base::get_integer(payload, "due_us"),
       std::int64_t{0}, nullptr, nullptr, std::int64_t{0}, seq_of(event)});
}

void close_requirement(const ledger::Event& event, const json::value& payload, bool accepted,
                       TableWriter& tables) {
  auto row = tables.get("product_requirements", {text(payload, "requirement")});
  if (!row) return;
  if (accepted) {
    (*row)[6] = std::int64_t{1};
    (*row)[7] = event.time_us;
    (*row)[8] = seq_of(event);
  } else {
    (*row)[9] = std::int64_t{1};
  }
  tables.upsert("product_requirements", std::move(*row));
}

void declare_targets(const ledger::Event& event, const json::value& payload, TableWriter& tables) {
  const auto* targets = base::find_path(payload, "targets");
  if (!targets || !targets->is_array()) return;
  for (const auto& target : targets->get_array())
    tables.upsert("product_targets",
                  {text(target, "score"), text(target, "factor"), text(target, "metric"),
                   number(target, "value"), number(target, "period_days"), seq_of(event)});
}

Row feedback_row(const ledger::Event& event, const json::value& payload) {
  const auto* rating = base::find_path(payload, "rating");
  Value stars = nullptr;
  if (rating && rating->is_number()) stars = base::get_integer(payload, "rating");
  return {seq_of(event),
          event.time_us,
          event.actor,
          text(payload, "request_id"),
          text(payload, "subject"),
          stars,
          flag(payload, "task_success"),
          nested(payload, "text"),
          flag(payload, "simulated")};
}

}  // namespace

void project(const ledger::Event& event, const json::value& payload, TableWriter& tables) {
  const std::int64_t seq = seq_of(event);
  if (event.kind == "product.declared") {
    tables.upsert("product_products", {text(payload, "product"), text(payload, "title"),
                                       text(payload, "purpose"), seq});
  } else if (event.kind == "requirement.added") {
    add_requirement(event, payload, tables);
  } else if (event.kind == "requirement.accepted") {
    close_requirement(event, payload, true, tables);
  } else if (event.kind == "requirement.dropped") {
    close_requirement(event, payload, false, tables);
  } else if (event.kind == "requirement.linked") {
    tables.upsert("product_links", {text(payload, "requirement"), text(payload, "kind"),
                                    text(payload, "target"), seq});
  } else if (event.kind == "gate.recorded") {
    tables.upsert("product_gates",
                  {text(payload, "gate"), text(payload, "requirement"), number(payload, "value"),
                   number(payload, "target"), flag(payload, "passed"), nested(payload, "evidence"),
                   flag(payload, "simulated"), event.time_us, seq});
  } else if (event.kind == "check.recorded") {
    tables.upsert("product_checks",
                  {text(payload, "kind"), text(payload, "name"), flag(payload, "simulated"),
                   flag(payload, "passed"), number(payload, "value"), number(payload, "target"),
                   text(payload, "unit"), nested(payload, "evidence"), event.time_us, seq});
  } else if (event.kind == "feedback.added") {
    tables.upsert("product_feedback", feedback_row(event, payload));
  } else if (event.kind == "scorecard.declared") {
    declare_targets(event, payload, tables);
  } else if (event.kind == "evidence.recorded") {
    tables.upsert("product_evidence",
                  {seq, event.time_us, text(payload, "score"), text(payload, "factor"),
                   text(payload, "metric"), number(payload, "value"), number(payload, "low"),
                   number(payload, "high"), base::get_integer(payload, "n"),
                   text(payload, "method"), text(payload, "source"), flag(payload, "simulated")});
  }
}

}  // namespace fulcrum::product
