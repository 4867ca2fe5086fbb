#include "ledger/catalogue.h"

#include <fmt/format.h>

#include <cmath>

#include "base/hash.h"

namespace fulcrum::ledger {

namespace {

int type_rank(const Value& value) {
  if (std::holds_alternative<std::nullptr_t>(value)) return 0;
  return std::holds_alternative<std::string>(value) ? 2 : 1;
}

/// Integer against real without rounding the integer.
int compare_mixed(std::int64_t integer, double real) {
  if (real >= 9223372036854775808.0) return -1;
  if (real < -9223372036854775808.0) return 1;
  const auto truncated = static_cast<std::int64_t>(real);
  if (integer != truncated) return integer < truncated ? -1 : 1;
  const double rest = real - std::trunc(real);
  return rest > 0 ? -1 : (rest < 0 ? 1 : 0);
}

int compare_numbers(const Value& left, const Value& right) {
  const auto* li = std::get_if<std::int64_t>(&left);
  const auto* ri = std::get_if<std::int64_t>(&right);
  if (li && ri) return *li < *ri ? -1 : (*li > *ri ? 1 : 0);
  if (li) return compare_mixed(*li, std::get<double>(right));
  if (ri) return -compare_mixed(*ri, std::get<double>(left));
  const double l = std::get<double>(left), r = std::get<double>(right);
  return l < r ? -1 : (l > r ? 1 : 0);
}

void normalise_value(const Column& column, bool is_key, bool is_only_key, Value& value) {
  if (const auto* real = std::get_if<double>(&value); real && std::isnan(*real)) value = nullptr;
  if (!is_key) return;
  if (is_only_key && column.type == ColumnType::kInteger) {
    if (!std::holds_alternative<std::int64_t>(value)) value = as_integer(value);
  } else if (std::holds_alternative<std::nullptr_t>(value)) {
    if (column.type == ColumnType::kText) {
      value = std::string();
    } else {
      value = std::int64_t{0};
    }
  }
}

void put_key(std::string& out, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    out += 't';
    out += std::to_string(text->size());
    out += ':';
    out += *text;
    return;
  }
  std::int64_t integer = 0;
  if (const auto* real = std::get_if<double>(&value)) {
    if (compare_mixed(static_cast<std::int64_t>(std::abs(*real) < 9e18 ? *real : 0.0), *real) !=
        0) {
      out += 'r';
      out.append(reinterpret_cast<const char*>(real), sizeof *real);
      return;
    }
    integer = static_cast<std::int64_t>(*real);
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    integer = *whole;
  }
  out += 'i';
  out.append(reinterpret_cast<const char*>(&integer), sizeof integer);
}

}  // namespace

int compare_values(const Value& left, const Value& right) {
  const int lr = type_rank(left), rr = type_rank(right);
  if (lr != rr) return lr < rr ? -1 : 1;
  if (lr == 0) return 0;
  if (lr == 1) return compare_numbers(left, right);
  const int order = std::get<std::string>(left).compare(std::get<std::string>(right));
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

bool holds(const Value& value, Compare compare, const Value& wanted) {
  if (compare == Compare::kPrefix) {
    const auto* text = std::get_if<std::string>(&value);
    const auto* prefix = std::get_if<std::string>(&wanted);
    return text && prefix && text->starts_with(*prefix);
  }
  const int order = compare_values(value, wanted);
  if (compare == Compare::kEqual) return order == 0;
  if (compare == Compare::kNotEqual) return order != 0;
  if (type_rank(value) == 0 || type_rank(wanted) == 0) return false;
  switch (compare) {
    case Compare::kLess:
      return order < 0;
    case Compare::kLessEqual:
      return order <= 0;
    case Compare::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

Catalogue::Catalogue(std::vector<TableSpec> specs) : specs_(std::move(specs)) {
  for (std::size_t i = 0; i < specs_.size(); ++i) by_name_.emplace(specs_[i].name, i);
}

int Catalogue::find(std::string_view table) const {
  const auto found = by_name_.find(table);
  return found == by_name_.end() ? -1 : static_cast<int>(found->second);
}

base::Result<std::size_t> Catalogue::require(std::string_view table) const {
  const int index = find(table);
  if (index < 0)
    return base::usage("table.unknown", fmt::format("no such table: {}", table),
                       std::string(table));
  return static_cast<std::size_t>(index);
}

base::Result<std::size_t> Catalogue::column(const TableSpec& spec, std::string_view name) {
  for (std::size_t i = 0; i < spec.columns.size(); ++i)
    if (spec.columns[i].name == name) return i;
  return base::usage("table.unknown", fmt::format("no such column: {}.{}", spec.name, name),
                     fmt::format("{}.{}", spec.name, name));
}

base::Result<std::vector<OrderTerm>> Catalogue::order(const TableSpec& spec, const Select& select) {
  std::vector<OrderTerm> terms;
  for (std::string_view name : select.order) {
    const bool descending = name.starts_with('-');
    if (descending) name.remove_prefix(1);
    TRY(const auto index, column(spec, name));
    terms.push_back({index, descending});
  }
  for (std::size_t i = 0; i < spec.key_columns; ++i) {
    bool named = false;
    for (const auto& term : terms) named = named || term.column == i;
    if (!named) terms.push_back({i, false});
  }
  return terms;
}

void Catalogue::normalise(const TableSpec& spec, Row& row) {
  row.resize(spec.columns.size(), nullptr);
  for (std::size_t i = 0; i < row.size(); ++i)
    normalise_value(spec.columns[i], i < spec.key_columns, spec.key_columns == 1, row[i]);
}

void Catalogue::normalise_key(const TableSpec& spec, Row& key) {
  key.resize(spec.key_columns, nullptr);
  for (std::size_t i = 0; i < key.size(); ++i)
    normalise_value(spec.columns[i], true, spec.key_columns == 1, key[i]);
}

std::string Catalogue::key_text(const TableSpec& spec, const Row& row) {
  std::string text;
  for (std::size_t i = 0; i < spec.key_columns; ++i) put_key(text, row[i]);
  return text;
}

std::string Catalogue::fingerprint() const {
  std::string text;
  for (const auto& spec : specs_) {
    text += fmt::format("{} {}\n", spec.name, spec.key_columns);
    for (const auto& column : spec.columns)
      text += fmt::format(" {} {}\n", column.name, static_cast<int>(column.type));
    for (const auto& name : spec.indexed) text += fmt::format(" + {}\n", name);
  }
  return base::sha256_hex(text);
}

}  // namespace fulcrum::ledger
