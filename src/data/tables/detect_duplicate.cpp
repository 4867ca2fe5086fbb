#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "data/tables/detector.h"
#include "data/tables/similarity.h"

namespace fulcrum::data::tables {

namespace {

constexpr std::size_t kMostFuzzyRows = 200'000, kWindow = 8;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash ^= value + 0x9E3779B97F4A7C15ULL + (hash << 6) + (hash >> 2);
  return hash * 0xBF58476D1CE4E5B9ULL;
}

bool same(const Table& table, const std::vector<std::size_t>& columns, std::uint32_t a,
          std::uint32_t b) {
  return std::all_of(columns.begin(), columns.end(), [&](std::size_t i) {
    return table.columns[i].codes[a] == table.columns[i].codes[b];
  });
}

/// Columns that tell what a row is about: all but those with a value of its own in every row.
std::vector<std::size_t> described_by(const DetectorInput& input) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const ColumnType& type = input.types[i];
    const bool is_key =
        type.distinct == input.table.rows() && (type.kind == Kind::kId || type.is_number());
    if (!is_key && type.distinct > 1) columns.push_back(i);
  }
  return columns;
}

void find_exact(const DetectorInput& input, const std::vector<std::size_t>& columns,
                std::vector<bool>& is_repeat, Evidence& evidence) {
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> seen;
  seen.reserve(input.table.rows());
  for (std::uint32_t row = 0; row < input.table.rows(); ++row) {
    std::uint64_t hash = 0;
    for (const std::size_t i : columns) hash = mix(hash, input.table.columns[i].codes[row]);
    auto& rows = seen[hash];
    const auto first = std::find_if(rows.begin(), rows.end(), [&](std::uint32_t other) {
      return same(input.table, columns, row, other);
    });
    if (first != rows.end()) {
      evidence.duplicates.push_back({row, *first, 1});
      is_repeat[row] = true;
    } else {
      rows.push_back(row);
    }
  }
}

/// The share of columns in which two rows say nearly the same, weighted by how telling each is.
double similarity(const DetectorInput& input, const std::vector<std::size_t>& columns,
                  std::uint32_t a, std::uint32_t b) {
  double same_weight = 0, weight = 0;
  for (const std::size_t i : columns) {
    const Column& column = input.table.columns[i];
    const double telling = std::log2(1.0 + static_cast<double>(input.types[i].distinct));
    weight += telling;
    if (column.codes[a] == column.codes[b]) {
      same_weight += telling;
      continue;
    }
    const std::string_view x = column.at(a), y = column.at(b);
    const auto quantity = parse_quantity(x);
    if ((quantity && quantity->unit().empty()) || x.empty() || y.empty()) continue;
    const std::size_t length = std::max(x.size(), y.size());
    const std::size_t distance = bounded_distance(x, y, edit_limit(length));
    if (distance <= edit_limit(length))
      same_weight += telling * (1 - static_cast<double>(distance) / static_cast<double>(length));
    else if (fingerprint(x) == fingerprint(y))
      same_weight += telling;
  }
  return weight > 0 ? same_weight / weight : 0;
}

/// Sorted neighbourhood (Hernandez & Stolfo 1995) over fuzzy keys of the two most telling texts.
void find_fuzzy(const DetectorInput& input, const std::vector<std::size_t>& columns,
                const std::vector<bool>& is_repeat, Evidence& evidence) {
  std::vector<std::size_t> keys = columns;
  std::sort(keys.begin(), keys.end(), [&](std::size_t a, std::size_t b) {
    return input.types[a].distinct > input.types[b].distinct;
  });
  if (keys.size() > 2) keys.resize(2);
  std::vector<DuplicateRow> found;
  for (const std::size_t key : keys) {
    const Column& column = input.table.columns[key];
    std::vector<std::string> prints(column.distinct());
    for (Code code = 0; code < column.distinct(); ++code)
      prints[code] = fingerprint(column.value(code));
    std::vector<std::uint32_t> order;
    for (std::uint32_t row = 0; row < input.table.rows(); ++row)
      if (!is_repeat[row]) order.push_back(row);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return prints[column.codes[a]] < prints[column.codes[b]];
    });
    for (std::size_t i = 0; i < order.size(); ++i)
      for (std::size_t j = i + 1; j < std::min(order.size(), i + kWindow); ++j) {
        const double near = similarity(input, columns, order[i], order[j]);
        if (near >= 0.93)
          found.push_back({std::max(order[i], order[j]), std::min(order[i], order[j]),
                           static_cast<float>(near)});
      }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::pair(a.row, a.first) < std::pair(b.row, b.first);
  });
  const auto end = std::unique(found.begin(), found.end(),
                               [](const auto& a, const auto& b) { return a.row == b.row; });
  evidence.duplicates.insert(evidence.duplicates.end(), found.begin(), end);
}

}  // namespace

void detect_duplicate(const DetectorInput& input, Evidence& evidence) {
  std::vector<std::size_t> all(input.table.columns.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<bool> is_repeat(input.table.rows(), false);
  find_exact(input, all, is_repeat, evidence);
  const auto columns = described_by(input);
  if (columns.size() >= 2 && input.table.rows() <= kMostFuzzyRows)
    find_fuzzy(input, columns, is_repeat, evidence);
}

}  // namespace fulcrum::data::tables
