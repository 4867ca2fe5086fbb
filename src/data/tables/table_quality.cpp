#include "data/tables/table_quality.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "base/random.h"

namespace fulcrum::data::tables {

namespace {

constexpr std::uint32_t kSure = 0, kLikely = 1, kQuiet = 2;

/// Confidences of findings, by (column, row).
using Suspects = std::map<std::pair<std::uint32_t, std::uint32_t>, float>;

/// How many cells of each stratum.
std::vector<std::size_t> allotment(const std::vector<std::int64_t>& population, std::size_t count) {
  const auto all = std::accumulate(population.begin(), population.end(), std::int64_t{0});
  const auto used = static_cast<double>(
      std::count_if(population.begin(), population.end(), [](auto one) { return one > 0; }));
  std::vector<std::size_t> wanted;
  for (const std::int64_t size : population) {
    const double share =
        static_cast<double>(size) / static_cast<double>(std::max<std::int64_t>(1, all));
    const double cells = static_cast<double>(count) * (share + 1 / std::max(1.0, used)) / 2;
    const auto least = std::max<std::int64_t>(2, static_cast<std::int64_t>(cells));
    wanted.push_back(static_cast<std::size_t>(std::min(size, least)));
  }
  return wanted;
}

}  // namespace

Audit plan_audit(const Table& table, const Detection& detection, std::size_t count,
                 base::Random& random) {
  Audit audit;
  Suspects suspects;
  std::vector<std::vector<AuditCell>> listed(kQuiet);
  for (const Finding& finding : detection.findings) {
    suspects[{finding.column, finding.row}] = finding.confidence;
    const std::uint32_t stratum = finding.confidence >= 0.9F ? kSure : kLikely;
    listed[stratum].push_back({finding.row, finding.column, stratum});
  }
  const std::uint64_t rows = table.rows(), cells = rows * table.columns.size();
  for (const auto& some : listed)
    audit.population.push_back(static_cast<std::int64_t>(some.size()));
  audit.population.push_back(static_cast<std::int64_t>(cells - suspects.size()));
  const auto wanted = allotment(audit.population, count);
  for (std::uint32_t stratum = 0; stratum < kQuiet; ++stratum)
    for (std::size_t i = 0; i < wanted[stratum]; ++i) {
      auto& some = listed[stratum];
      std::swap(some[i], some[i + random.below(some.size() - i)]);
      audit.cells.push_back(some[i]);
    }
  // Draws until one is new and no finding; where nearly all are findings the search ends.
  std::set<std::uint64_t> drawn;
  std::size_t left = wanted[kQuiet], tries = 1000 * (left + 1);
  while (left > 0 && tries-- > 0) {
    const std::uint64_t cell = random.below(cells);
    const auto column = static_cast<std::uint32_t>(cell / rows);
    const auto row = static_cast<std::uint32_t>(cell % rows);
    if (suspects.count({column, row}) > 0 || !drawn.insert(cell).second) continue;
    audit.cells.push_back({row, column, kQuiet});
    --left;
  }
  return audit;
}

namespace {

/// Marsaglia & Tsang 2000; below 1 by their power trick.
double gamma(base::Random& random, double shape) {
  if (shape < 1) return gamma(random, shape + 1) * std::pow(random.uniform() + 1e-300, 1 / shape);
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = random.normal(), v = std::pow(1 + c * x, 3);
    if (v > 0 && std::log(random.uniform() + 1e-300) < 0.5 * x * x + d - d * v + d * std::log(v))
      return d * v;
  }
}

double beta(base::Random& random, double a, double b) {
  const double x = gamma(random, a), y = gamma(random, b);
  return x / (x + y);
}

}  // namespace

std::optional<Estimate> audited_accuracy(const Audit& audit, const std::vector<bool>& is_right) {
  std::vector<Stratum> strata(audit.population.size());
  double population = 0, value = 0;
  for (std::size_t i = 0; i < strata.size(); ++i) strata[i].population = audit.population[i];
  for (std::size_t i = 0; i < audit.cells.size(); ++i) {
    ++strata[audit.cells[i].stratum].n;
    strata[audit.cells[i].stratum].right += is_right[i];
  }
  for (const Stratum& stratum : strata) {
    if (stratum.population > 0 && stratum.n == 0) return std::nullopt;
    population += static_cast<double>(stratum.population);
  }
  if (population <= 0) return std::nullopt;
  for (const Stratum& stratum : strata)
    if (stratum.n > 0)
      value += static_cast<double>(stratum.population) * stratum.right /
               static_cast<double>(stratum.n) / population;
  constexpr int kDraws = 2000;
  base::Random random(4242);
  std::vector<double> draws(kDraws, 0);
  for (double& draw : draws)
    for (const Stratum& stratum : strata) {
      if (stratum.n == 0) continue;
      const auto n = static_cast<double>(stratum.n);
      const double unseen = static_cast<double>(stratum.population) - n;
      const double share =
          unseen > 0 ? beta(random, stratum.right + 0.5, n - stratum.right + 0.5) : 0;
      draw += (stratum.right + unseen * share) / population;
    }
  std::sort(draws.begin(), draws.end());
  return Estimate{value, std::min(value, draws[kDraws / 40]),
                  std::max(value, draws[kDraws - kDraws / 40 - 1]),
                  static_cast<std::int64_t>(audit.cells.size())};
}

std::optional<Estimate> labelled_accuracy(const std::vector<Label>& labels) {
  std::map<std::uint32_t, std::pair<double, double>> rows;  // right, all
  for (const Label& label : labels) {
    rows[label.row].first += !label.is_error;
    rows[label.row].second += 1;
  }
  if (rows.size() < 2) return std::nullopt;
  double right = 0, cells = 0;
  for (const auto& [row, counts] : rows) {
    right += counts.first;
    cells += counts.second;
  }
  const double share = right / cells, count = static_cast<double>(rows.size());
  double squares = 0;
  for (const auto& [row, counts] : rows) {
    const double off = counts.first - share * counts.second;
    squares += off * off;
  }
  // Student's quantile over the normal one, squared (Cornish & Fisher's first term).
  const double wider = 1 + (kZ95 * kZ95 + 1) / (4 * (count - 1));
  const double variance = wider * wider * squares * count / (count - 1) / (cells * cells);
  const double shrunk = (right + 2) / (cells + 4);
  const double effective =
      std::clamp(shrunk * (1 - shrunk) / std::max(variance, 1e-12), 1.0, cells);
  Estimate estimate = wilson(share * effective, effective);
  estimate.value = share;
  estimate.n = static_cast<std::int64_t>(labels.size());
  return estimate;
}

QualityVector quality_of(const Table& table, const std::vector<ColumnType>& types,
                         const QualityOptions& options, std::optional<Estimate> accuracy,
                         std::int64_t now_us) {
  QualityVector quality;
  quality.accuracy = accuracy;
  const auto rows = static_cast<std::int64_t>(table.rows());
  std::int64_t filled = 0;
  for (const ColumnType& type : types)
    filled += rows - static_cast<std::int64_t>(type.empty + type.placeholder);
  quality.completeness = completeness(filled, rows * static_cast<std::int64_t>(types.size()), rows,
                                      options.expected_rows);
  if (options.relevant_rows && rows > 0)
    quality.relevance = wilson(*options.relevant_rows, static_cast<double>(rows));
  const auto at = table.find(options.time_column);
  if (!at || options.half_life_days <= 0) return quality;
  std::vector<double> ages_s;
  const Column& column = table.columns[*at];
  for (Code code = 0; code < column.distinct(); ++code) {
    const auto moment = parse_moment(column.value(code));
    if (!moment || !moment->seconds || moment->kind == MomentKind::kTime) continue;
    ages_s.insert(ages_s.end(), column.count(code),
                  static_cast<double>(now_us) / 1e6 - *moment->seconds);
  }
  if (!ages_s.empty()) quality.timeliness = timeliness(ages_s, options.half_life_days * 86400);
  return quality;
}

}  // namespace fulcrum::data::tables
