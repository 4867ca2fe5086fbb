#include <algorithm>
#include <unordered_map>

#include "data/tables/detector.h"

namespace fulcrum::data::tables {

namespace {

/// Rows compared in one group; larger groups are compared at equal steps.
constexpr std::size_t kMostCompared = 3000;

int compare(std::string_view a, std::string_view b) {
  const auto x = parse_quantity(a), y = parse_quantity(b);
  if (x && y) return x->number < y->number ? -1 : x->number > y->number ? 1 : 0;
  const auto s = parse_moment(a), t = parse_moment(b);
  if (s && t && s->seconds && t->seconds)
    return *s->seconds < *t->seconds ? -1 : *s->seconds > *t->seconds ? 1 : 0;
  return a.compare(b);
}

bool holds(Compare how, std::string_view a, std::string_view b) {
  switch (how) {
    case Compare::kEqual:
      return a == b;
    case Compare::kUnequal:
      return a != b;
    case Compare::kLess:
      return compare(a, b) < 0;
    case Compare::kLessEqual:
      return compare(a, b) <= 0;
    case Compare::kGreater:
      return compare(a, b) > 0;
    case Compare::kGreaterEqual:
      return compare(a, b) >= 0;
  }
  return false;
}

class Checker {
 public:
  Checker(const DetectorInput& input, const Rule& rule) : input_(input), rule_(rule) {}

  bool violates(std::uint32_t first, std::uint32_t second) const {
    return std::all_of(rule_.predicates.begin(), rule_.predicates.end(), [&](const Predicate& one) {
      const auto a = value(one.left, first, second), b = value(one.right, first, second);
      return a && b && holds(one.compare, *a, *b);
    });
  }
  /// Columns whose cells are suspected: those that are not just what the rows agree in.
  std::vector<std::size_t> suspects() const {
    std::vector<std::size_t> columns, all;
    for (const Predicate& one : rule_.predicates)
      for (const Operand* operand : {&one.left, &one.right})
        if (operand->tuple > 0)
          (one.compare == Compare::kEqual && one.left.tuple * one.right.tuple == 2 ? all : columns)
              .push_back(operand->column);
    if (columns.empty()) columns = all;
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    return columns;
  }

 private:
  std::optional<std::string_view> value(const Operand& operand, std::uint32_t first,
                                        std::uint32_t second) const {
    if (operand.tuple == 0) return operand.text;
    const Column& column = input_.table.columns[operand.column];
    const Code code = column.codes[operand.tuple == 1 ? first : second];
    if (input_.missing[operand.column][code]) return std::nullopt;
    return column.value(code);
  }
  const DetectorInput& input_;
  const Rule& rule_;
};

/// Rows that share what the rule's equalities of one column ask for.
std::vector<std::vector<std::uint32_t>> groups_of(const DetectorInput& input, const Rule& rule) {
  std::vector<std::size_t> keys;
  for (const Predicate& one : rule.predicates)
    if (one.compare == Compare::kEqual && one.left.tuple * one.right.tuple == 2 &&
        one.left.column == one.right.column)
      keys.push_back(one.left.column);
  std::unordered_map<std::string, std::vector<std::uint32_t>> rows;
  for (std::uint32_t row = 0; row < input.table.rows(); ++row) {
    std::string key;
    for (const std::size_t column : keys)
      key += std::to_string(input.table.columns[column].codes[row]) + ',';
    rows[key].push_back(row);
  }
  std::vector<std::vector<std::uint32_t>> groups;
  for (auto& [key, members] : rows)
    if (members.size() > 1) groups.push_back(std::move(members));
  std::sort(groups.begin(), groups.end());
  return groups;
}

/// The rows to blame: those in most violating pairs first, until no pair is left.
std::vector<std::uint32_t> blamed(const Checker& checker,
                                  const std::vector<std::uint32_t>& members) {
  const std::size_t step = 1 + members.size() / kMostCompared;
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < members.size(); i += step) rows.push_back(members[i]);
  std::vector<std::vector<std::uint32_t>> partners(rows.size());
  for (std::uint32_t a = 0; a < rows.size(); ++a)
    for (std::uint32_t b = 0; b < rows.size(); ++b)
      if (a != b && checker.violates(rows[a], rows[b])) {
        partners[a].push_back(b);
        partners[b].push_back(a);
      }
  std::vector<std::size_t> open(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) open[i] = partners[i].size();
  std::vector<std::uint32_t> out;
  for (;;) {
    const auto worst = std::max_element(open.begin(), open.end());
    if (worst == open.end() || *worst == 0) return out;
    const auto at = static_cast<std::size_t>(worst - open.begin());
    out.push_back(rows[at]);
    for (const std::uint32_t other : partners[at])
      if (open[other] > 0) --open[other];
    open[at] = 0;
  }
}

void check(const DetectorInput& input, const Rule& rule, Evidence& evidence) {
  const Checker checker(input, rule);
  const auto columns = checker.suspects();
  std::vector<std::uint32_t> rows;
  if (!rule.of_pairs) {
    for (std::uint32_t row = 0; row < input.table.rows(); ++row)
      if (checker.violates(row, row)) rows.push_back(row);
  } else {
    for (const auto& members : groups_of(input, rule)) {
      const auto some = blamed(checker, members);
      rows.insert(rows.end(), some.begin(), some.end());
    }
  }
  // A rule that a third of the rows breaks is not the table's.
  if (rows.size() * 3 > input.table.rows()) return;
  // One of the suspected cells is wrong; which one is not known.
  const double confidence = columns.size() == 1 ? 0.9 : std::max(0.5, 1.0 / columns.size());
  for (const std::size_t column : columns)
    for (const std::uint32_t row : rows)
      evidence.cells[column].push_back(
          {row, evidence_for(confidence), kNoText, 0, input.texts.add(rule.text)});
}

}  // namespace

void detect_denial(const DetectorInput& input, Evidence& evidence) {
  for (const Rule& rule : input.rules)
    if (!dependency_of(rule)) check(input, rule, evidence);
}

}  // namespace fulcrum::data::tables
