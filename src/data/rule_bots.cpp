// Sessions of programs. No single feature convicts (but for an agent that says so): each is
// compared with all sessions by robust scores that allow for the session's own sampling error, and
// only what several of them say together reaches the mark.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "data/clean_rules.h"
#include "data/robust.h"
#include "data/session_features.h"

namespace fulcrum::data {

namespace {

constexpr double kFirst_z = 2.2, kFull_z = 5.0;  // evidence grows from none to all between these
constexpr std::size_t kLeastSessions = 30;

struct Session {
  std::vector<std::size_t> rows;
  SessionFeatures features;
  SessionScore score;
};

/// 0 … 1 by how far out a value lies, and up to 1.6 for what chance cannot do.
double strength(double z) {
  return std::clamp((z - kFirst_z) / (kFull_z - kFirst_z), 0.0, 1.0) +
         0.6 * std::clamp((z - kFull_z) / 3, 0.0, 1.0);
}

/// The z of an upper binomial tail: k or more of n where each has probability p (Chernoff's bound,
/// less one decade for the many sessions that are looked at).
double binomial_z(double k, double n, double p) {
  const double share = k / n;
  if (share <= p) return 0;
  const double left = share < 1 ? (1 - share) * std::log((1 - share) / (1 - p)) : 0;
  const double minus_log = n * (share * std::log(share / p) + left);
  return std::sqrt(2 * std::max(0.0, minus_log - std::log(10)));
}

/// Sampling error of a median of n values whose deviation is exp(log_deviation).
double median_error(double log_deviation, double n) {
  return 1.25 * std::exp(log_deviation) / std::sqrt(std::max(1.0, n));
}

std::vector<std::uint32_t> item_ranks(const EventTable& table) {
  const Column& items = table.columns[static_cast<std::size_t>(table.item)];
  std::unordered_map<std::uint32_t, std::uint32_t> ranks;
  std::vector<std::uint32_t> distinct;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (items.kinds[row] == CellKind::kText && ranks.try_emplace(items.texts[row], 0).second)
      distinct.push_back(items.texts[row]);
  std::sort(distinct.begin(), distinct.end(), [&](std::uint32_t a, std::uint32_t b) {
    return natural_less(table.texts[a], table.texts[b]);
  });
  for (std::uint32_t i = 0; i < distinct.size(); ++i) ranks[distinct[i]] = i;
  std::vector<std::uint32_t> of_row(table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (items.kinds[row] == CellKind::kText) of_row[row] = ranks[items.texts[row]];
  return of_row;
}

std::vector<Session> gather(const CleanWork& work) {
  const auto& table = work.table;
  const Column& ids = table.columns[static_cast<std::size_t>(table.session)];
  std::unordered_map<std::uint32_t, std::size_t> place;
  std::vector<Session> sessions;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (work.judgement.dropped(row) || ids.kinds[row] != CellKind::kText) continue;
    const auto [found, fresh] = place.try_emplace(ids.texts[row], sessions.size());
    if (fresh) sessions.emplace_back();
    sessions[found->second].rows.push_back(row);
  }
  const auto ranks = item_ranks(table);
  for (auto& session : sessions) {
    std::stable_sort(session.rows.begin(), session.rows.end(), [&](std::size_t a, std::size_t b) {
      return table.time_us[a] < table.time_us[b];
    });
    SessionClicks clicks;
    clicks.agent = table.text(table.agent, session.rows[0]);
    for (const std::size_t row : session.rows) {
      clicks.times_us.push_back(table.time_us[row]);
      clicks.item_ranks.push_back(ranks[row]);
      if (const auto dwell = table.number(table.dwell_s, row)) clicks.dwells_s.push_back(*dwell);
    }
    session.features = features_of(clicks);
    const std::size_t first = session.rows[0];
    session.score.session = table.text(table.session, first);
    session.score.user = table.text(table.user, first);
    session.score.agent = clicks.agent;
    session.score.events = static_cast<std::int64_t>(session.rows.size());
  }
  return sessions;
}

Robust population(const std::vector<Session>& sessions, double SessionFeatures::*feature,
                  double least_spread) {
  std::vector<double> values;
  for (const auto& session : sessions)
    if (!std::isnan(session.features.*feature)) values.push_back(session.features.*feature);
  return robust_of(std::move(values), least_spread);
}

/// How far below (sign -1) or above (+1) the others, with the session's own sampling error.
double distance(const Robust& all, double value, double error, double sign) {
  if (std::isnan(value) || all.size < kLeastSessions) return 0;
  return sign * (value - all.centre) / std::sqrt(all.spread * all.spread + error * error);
}

void score(std::vector<Session>& sessions, double mark) {
  const Robust size = population(sessions, &SessionFeatures::log_size, 0.3);
  const Robust gap = population(sessions, &SessionFeatures::log_gap, 0.2);
  const Robust gap_spread = population(sessions, &SessionFeatures::gap_spread, 0.15);
  const Robust dwell_spread = population(sessions, &SessionFeatures::dwell_spread, 0.15);
  const Robust dwell = population(sessions, &SessionFeatures::log_dwell, 0.2);
  double steps = 0, neighbours = 0;
  for (const auto& session : sessions)
    if (!std::isnan(session.features.walk)) {
      steps += session.features.steps;
      neighbours += session.features.steps * session.features.walk;
    }
  const double usual_walk = std::clamp(steps > 0 ? neighbours / steps : 0, 0.02, 0.5);
  const double declared_share =
      static_cast<double>(std::count_if(sessions.begin(), sessions.end(),
                                        [](const auto& s) { return s.features.declared; })) /
      std::max<double>(1, static_cast<double>(sessions.size()));
  for (auto& session : sessions) {
    const auto& f = session.features;
    auto& evidence = session.score.evidence;
    const auto add = [&](const char* name, double weight, double z) {
      if (strength(z) > 0) evidence[name] = weight * strength(z);
    };
    add("volume", 0.4, distance(size, f.log_size, 0, 1));
    add("fast_clicks", 0.55,
        distance(gap, f.log_gap, median_error(gap_spread.centre, f.size - 1), -1));
    add("regular_clicks", 0.65, distance(gap_spread, f.gap_spread, f.gap_spread_error, -1));
    add("flat_dwell", 0.6, distance(dwell_spread, f.dwell_spread, f.dwell_spread_error, -1));
    add("short_dwell", 0.4,
        distance(dwell, f.log_dwell, median_error(dwell_spread.centre, f.size), -1));
    if (!std::isnan(f.walk))
      add("catalogue_walk", 0.7, binomial_z(f.walk * f.steps, f.steps, usual_walk));
    if (f.declared && declared_share < 0.5) evidence["declared"] = mark;
    for (const auto& [name, part] : evidence) session.score.score += part;
    session.score.bot = session.score.score >= mark;
  }
}

/// A user or an agent most of whose sessions are a program's is one in its short sessions too.
void spread_to(std::vector<Session>& sessions, std::string SessionScore::*key, std::int64_t least,
               double share, const char* name, double mark) {
  std::unordered_map<std::string, std::pair<std::int64_t, std::int64_t>> counts;
  for (const auto& session : sessions) {
    auto& count = counts[session.score.*key];
    ++count.second;
    count.first += session.score.bot;
  }
  for (auto& session : sessions) {
    const auto [bots, all] = counts[session.score.*key];
    if (session.score.bot || (session.score.*key).empty() || bots < least ||
        static_cast<double>(bots) < share * static_cast<double>(all))
      continue;
    session.score.evidence[name] = mark;
    session.score.score += mark;
    session.score.bot = true;
  }
}

}  // namespace

base::Status rule_bots(CleanWork& work) {
  if (work.table.session < 0 || work.table.rows() == 0) return {};
  auto sessions = gather(work);
  const double mark = work.settings.bot_score;
  score(sessions, mark);
  spread_to(sessions, &SessionScore::user, 2, 0.6, "same_user", mark);
  spread_to(sessions, &SessionScore::agent, 5, 0.9, "same_agent", mark);
  for (const auto& session : sessions) {
    if (session.score.bot)
      for (const std::size_t row : session.rows)
        work.judgement.drop(row, fmt::format("session {} looks like a program's (score {:.2f})",
                                             session.score.session, session.score.score));
    work.sessions.push_back(session.score);
  }
  return {};
}

}  // namespace fulcrum::data
