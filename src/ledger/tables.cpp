#include "ledger/tables.h"

namespace fulcrum::ledger {

std::int64_t as_integer(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const auto* real = std::get_if<double>(&value)) return static_cast<std::int64_t>(*real);
  return 0;
}

double as_real(const Value& value) {
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  return 0;
}

std::string as_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return {};
}

base::json::value as_json(const Value& value) {
  return std::visit(
      [](const auto& held) -> base::json::value {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::string>) {
          return base::json::string(held);
        } else {
          return held;
        }
      },
      value);
}

base::json::object row_as_json(const TableSpec& spec, const Row& row) {
  base::json::object object;
  for (std::size_t i = 0; i < spec.columns.size() && i < row.size(); ++i)
    object[spec.columns[i].name] = as_json(row[i]);
  return object;
}

}  // namespace fulcrum::ledger
