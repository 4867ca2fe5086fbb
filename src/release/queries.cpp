// Reading releases, and forecasting one.
#include <fmt/format.h>

#include <algorithm>

#include "release/characteristics.h"
#include "release/decide.h"
#include "release/read_models.h"
#include "release/sequential.h"

namespace fulcrum::release {

namespace {

constexpr std::int64_t kForecastSamples = 10'000'000;  // about half a second of work
constexpr std::int64_t kForecastLooks = 200;
constexpr std::uint64_t kForecastSeed = 1;

base::json::object shares(const Characteristics& result) {
  return {{"promoted", result.promoted},
          {"rolled_back", result.rolled_back},
          {"undecided", result.undecided},
          {"median_samples", result.median_samples}};
}

base::Result<base::json::array> rows_of(const ledger::TableReader& tables, const char* table,
                                        const std::string& release, const char* order,
                                        std::size_t limit) {
  TRY(const auto rows, tables.select({.table = table,
                                      .where = {{.column = "release", .value = release}},
                                      .order = {order},
                                      .limit = limit}));
  base::json::array list;
  for (const auto& row : rows) list.push_back(row_with_json(*tables.spec(table), row));
  return list;
}

}  // namespace

base::Result<base::json::value> answer(const State&, const ListReleases& query,
                                       const ledger::TableReader& tables) {
  ledger::Select select{
      .table = "release_releases", .order = {"-started_seq"}, .limit = query.limit};
  if (!query.model.empty()) select.where.push_back({.column = "model", .value = query.model});
  if (!query.status.empty()) select.where.push_back({.column = "status", .value = query.status});
  TRY(const auto rows, tables.select(select));
  base::json::array releases;
  for (const auto& row : rows) releases.push_back(row_with_json(*tables.spec(select.table), row));
  return base::json::object{{"releases", std::move(releases)}};
}

base::Result<base::json::value> answer(const State&, const ShowRelease& query,
                                       const ledger::TableReader& tables) {
  TRY(auto found, rows_of(tables, "release_releases", query.release, "release", 1));
  if (found.empty()) return base::not_found("release.unknown", "no such release: " + query.release);
  base::json::object shown = std::move(found.front().as_object());
  TRY(shown["looks"],
      rows_of(tables, "release_observations", query.release, "-observation", query.looks));
  if (query.chunks) {
    TRY(shown["chunks"], rows_of(tables, "release_chunks", query.release, "seq", 0));
  }
  return shown;
}

base::Result<base::json::value> answer(const State&, const ForecastRelease& query,
                                       const ledger::TableReader&) {
  CHECK_OK(check_policy(query.policy));
  if (query.base_rate <= 0 || query.base_rate >= 1)
    return base::usage("forecast.base_rate", "must lie between 0 and 1", "base_rate");
  const double effect = query.effect != 0 ? query.effect : query.policy.minimum_detectable_effect;
  const auto repetitions = static_cast<int>(
      std::clamp<std::int64_t>(kForecastSamples / 2 / query.policy.max_samples, 1,
                               std::clamp<std::int64_t>(query.repetitions, 1, 1000)));
  if (repetitions * query.policy.max_samples > kForecastSamples)
    return base::usage("forecast.size",
                       fmt::format("at most {} samples are simulated", kForecastSamples),
                       "policy.max_samples");
  const std::int64_t look_every =
      std::max<std::int64_t>(1, query.policy.max_samples / kForecastLooks);
  const auto simulate = [&](double truth) {
    Scenario scenario;
    scenario.base_rate = query.base_rate;
    scenario.effect = truth;
    return shares(
        simulate_releases(query.policy, scenario, repetitions, look_every, kForecastSeed));
  };
  return base::json::object{
      {"expected_samples", expected_samples(query.policy, query.base_rate, effect)},
      {"effect", effect},
      {"repetitions", repetitions},
      {"if_effect", simulate(effect)},
      {"if_equal", simulate(0)},
      {"if_worse", simulate(-effect)}};
}

}  // namespace fulcrum::release
