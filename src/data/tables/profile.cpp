#include "data/tables/profile.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::data::tables {

namespace {

struct Sized {
  double size = 0;
  std::size_t rows = 0;
  Code code = 0;
};

/// Values by size, or empty when they have none.
std::vector<Sized> sized_values(const Column& column, const ColumnType& type) {
  std::vector<Sized> values;
  if (!type.is_moment() && (!type.is_number() || type.codes)) return values;
  for (Code code = 0; code < column.distinct(); ++code) {
    const std::string_view value = column.value(code);
    if (column.count(code) == 0 || is_missing_word(value)) continue;
    if (type.is_moment()) {
      const auto moment = parse_moment(value);
      if (moment && moment->seconds) values.push_back({*moment->seconds, column.count(code), code});
    } else if (const auto quantity = parse_quantity(value)) {
      values.push_back({quantity->number, column.count(code), code});
    }
  }
  std::sort(values.begin(), values.end(), [](const Sized& a, const Sized& b) {
    return std::pair(a.size, a.code) < std::pair(b.size, b.code);
  });
  return values;
}

const Sized& at_share(const std::vector<Sized>& values, double share) {
  double all = 0, seen = 0;
  for (const Sized& one : values) all += static_cast<double>(one.rows);
  for (const Sized& one : values)
    if ((seen += static_cast<double>(one.rows)) >= share * all) return one;
  return values.back();
}

void describe_sizes(const Column& column, const std::vector<Sized>& values,
                    ColumnProfile& profile) {
  profile.least = column.value(values.front().code);
  profile.median = column.value(at_share(values, 0.5).code);
  profile.most = column.value(values.back().code);
  if (!profile.type.is_number()) return;
  const double low = at_share(values, 0.25).size, high = at_share(values, 0.75).size;
  const double fence = 3 * (high - low);
  const double from = at_share(values, 0.005).size, to = at_share(values, 0.995).size;
  constexpr std::size_t kBins = 20;
  const double width = (to - from) / kBins;
  for (std::size_t i = 0; width > 0 && i < kBins; ++i)
    profile.bins.push_back(
        {from + width * static_cast<double>(i), from + width * static_cast<double>(i + 1), 0});
  for (const Sized& one : values) {
    if (fence > 0 && (one.size < low - fence || one.size > high + fence))
      profile.outliers += one.rows;
    if (profile.bins.empty()) continue;
    const double bin = std::clamp((one.size - from) / width, 0.0, kBins - 1.0);
    profile.bins[static_cast<std::size_t>(bin)].rows += one.rows;
  }
}

ColumnProfile column_profile(const Column& column, const ColumnType& type) {
  ColumnProfile profile;
  profile.name = column.name;
  profile.type = type;
  profile.filled = column.rows() - type.empty - type.placeholder;
  std::vector<Code> codes;
  for (Code code = 0; code < column.distinct(); ++code)
    if (column.count(code) > 0 && !is_missing_word(column.value(code))) codes.push_back(code);
  const auto top = std::min<std::size_t>(5, codes.size());
  std::partial_sort(codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(top), codes.end(),
                    [&](Code a, Code b) {
                      return column.count(a) != column.count(b) ? column.count(a) > column.count(b)
                                                                : column.value(a) < column.value(b);
                    });
  for (std::size_t i = 0; i < top; ++i)
    profile.top.push_back({std::string(column.value(codes[i])), column.count(codes[i])});
  const auto values = sized_values(column, type);
  if (!values.empty()) {
    describe_sizes(column, values, profile);
  } else if (!codes.empty()) {
    const auto [least, most] = std::minmax_element(codes.begin(), codes.end(), [&](Code a, Code b) {
      return column.value(a) < column.value(b);
    });
    profile.least = column.value(*least);
    profile.most = column.value(*most);
    profile.median = profile.top[0].value;
  }
  return profile;
}

}  // namespace

TableProfile profile_of(const Table& table, const Detection& detection) {
  TableProfile profile;
  profile.rows = table.rows();
  profile.duplicate_rows = detection.duplicates.size();
  profile.ragged_rows = table.ragged.size();
  profile.findings = detection.findings.size();
  const auto types = types_of(table);
  std::vector<std::vector<bool>> missing;
  for (std::size_t i = 0; i < types.size(); ++i) {
    profile.columns.push_back(column_profile(table.columns[i], types[i]));
    missing.push_back(missing_codes(table.columns[i]));
  }
  for (const Finding& finding : detection.findings) ++profile.columns[finding.column].findings;
  std::vector<Grouping> groupings;
  profile.dependencies = find_dependencies(table, types, missing, groupings);
  std::stable_sort(profile.dependencies.begin(), profile.dependencies.end(),
                   [](const auto& a, const auto& b) { return a.strength() > b.strength(); });
  return profile;
}

}  // namespace fulcrum::data::tables
