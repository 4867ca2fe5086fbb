#include "data/session_features.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "data/robust.h"

namespace fulcrum::data {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeastGap_s = 0.05;
constexpr std::size_t kLeastForSpread = 4;

double log_deviation(const std::vector<double>& logs) {
  double mean = 0, squares = 0;
  for (const double x : logs) mean += x / static_cast<double>(logs.size());
  for (const double x : logs) squares += (x - mean) * (x - mean);
  return std::log(std::sqrt(squares / static_cast<double>(logs.size() - 1)) + 0.01);
}

double spread_error(std::size_t count) {
  return 1 / std::sqrt(2.0 * static_cast<double>(count - 1));
}

}  // namespace

SessionFeatures features_of(const SessionClicks& clicks) {
  SessionFeatures f;
  f.size = static_cast<double>(clicks.times_us.size());
  f.log_size = std::log(std::max(1.0, f.size));
  std::vector<double> gaps, dwells;
  for (std::size_t i = 1; i < clicks.times_us.size(); ++i)
    gaps.push_back(std::log(std::max(
        kLeastGap_s, static_cast<double>(clicks.times_us[i] - clicks.times_us[i - 1]) / 1e6)));
  for (const double dwell : clicks.dwells_s)
    dwells.push_back(std::log(std::max(kLeastGap_s, dwell)));
  f.gap_spread = gaps.size() >= kLeastForSpread ? log_deviation(gaps) : kUnknown;
  f.gap_spread_error = gaps.size() >= kLeastForSpread ? spread_error(gaps.size()) : 0;
  f.dwell_spread = dwells.size() >= kLeastForSpread ? log_deviation(dwells) : kUnknown;
  f.dwell_spread_error = dwells.size() >= kLeastForSpread ? spread_error(dwells.size()) : 0;
  f.log_gap = gaps.size() >= 2 ? median(gaps) : kUnknown;
  f.log_dwell = dwells.size() >= 2 ? median(dwells) : kUnknown;
  std::size_t neighbours = 0;
  std::unordered_set<std::uint32_t> seen;
  for (std::size_t i = 0; i < clicks.item_ranks.size(); ++i) {
    seen.insert(clicks.item_ranks[i]);
    if (i == 0) continue;
    const auto a = clicks.item_ranks[i - 1], b = clicks.item_ranks[i];
    neighbours += a + 1 == b || b + 1 == a;
  }
  f.steps = f.size - 1;
  f.walk = f.steps >= 4 ? static_cast<double>(neighbours) / f.steps : kUnknown;
  f.fresh = f.size >= 5 ? static_cast<double>(seen.size()) / f.size : kUnknown;
  f.declared = declares_program(clicks.agent);
  return f;
}

bool declares_program(std::string_view agent) {
  static const RE2 kProgram(
      R"((?i)bot\b|bot/|crawl|spider|scrap|slurp|headless|phantomjs|selenium|puppeteer|playwright|)"
      R"(\bcurl/|\bwget/|python|\bjava/|go-http|okhttp|libwww|httpclient|node-fetch|axios|aiohttp|)"
      R"(httpx|mechanize|\bruby\b|\bperl\b|fetcher|monitor|archiver|https?://)");
  return RE2::PartialMatch(re2::StringPiece(agent.data(), agent.size()), kProgram);
}

bool natural_less(std::string_view a, std::string_view b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (digit(a[i]) && digit(b[j])) {
      std::size_t end_a = i, end_b = j;
      while (end_a < a.size() && digit(a[end_a])) ++end_a;
      while (end_b < b.size() && digit(b[end_b])) ++end_b;
      auto left = a.substr(i, end_a - i), right = b.substr(j, end_b - j);
      left.remove_prefix(std::min(left.find_first_not_of('0'), left.size()));
      right.remove_prefix(std::min(right.find_first_not_of('0'), right.size()));
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
      i = end_a;
      j = end_b;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
    }
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;
}

}  // namespace fulcrum::data
