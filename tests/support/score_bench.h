#pragma once
// A ledger with the pillars that score reads, for score's tests.
#include "product/pillar.h"
#include "score/pillar.h"
#include "support/pillar_bench.h"
#include "support/table_pillar.h"
#include "team/pillar.h"
#include "trust/pillar.h"

namespace fulcrum::score {

class ScoreBench : public tests::PillarBench {
 public:
  ScoreBench() : PillarBench(connected()) {}

  /// Writes a row of a table of the data, train or sched pillar, as these would.
  void row(const std::string& table, const std::string& row) {
    EXPECT_TRUE(append({{table, "test.row", row}}));
  }
  void quality(const std::string& factor, double value, bool simulated = false) {
    row("data_quality",
        base::to_text(base::json::object{{"dataset", "shop"},
                                         {"version", "v1"},
                                         {"simulated", 0},
                                         {factor, value},
                                         {factor + "_low", value - 0.05},
                                         {factor + "_high", value + 0.05},
                                         {factor + "_n", 1000},
                                         {factor + "_simulated", simulated ? 1 : 0}}));
  }
  base::json::value score(const std::string& name, bool why = false) const {
    const auto answer =
        ask("score.show", base::to_text(base::json::object{{"name", name}, {"why", why}}));
    return answer.at("scores").at(name);
  }
  base::json::value factor(const std::string& name, const std::string& factor) const {
    return score(name).at("factors").at(factor);
  }

 private:
  static std::vector<ledger::TableSpec> others() {
    using enum ledger::ColumnType;
    ledger::TableSpec quality{.name = "data_quality",
                              .columns = {{"seq", kInteger},
                                          {"dataset", kText},
                                          {"version", kText},
                                          {"simulated", kInteger}},
                              .key_columns = 1};
    for (const std::string factor : {"accuracy", "completeness", "relevance", "timeliness"}) {
      quality.columns.push_back({factor, kReal});
      quality.columns.push_back({factor + "_low", kReal});
      quality.columns.push_back({factor + "_high", kReal});
      quality.columns.push_back({factor + "_n", kInteger});
      quality.columns.push_back({factor + "_simulated", kInteger});
    }
    return {std::move(quality),
            {.name = "train_runs",
             .columns = {{"run", kText},
                         {"kind", kText},
                         {"shuffled", kInteger},
                         {"simulated", kInteger},
                         {"facts", kText},
                         {"seq", kInteger}}},
            {.name = "sched_allocations",
             .columns = {{"job", kText},
                         {"attempt", kInteger},
                         {"simulated", kInteger},
                         {"device_milli", kInteger},
                         {"started_us", kInteger},
                         {"ended_us", kInteger},
                         {"useful_device_s", kReal},
                         {"allocated_device_s", kReal},
                         {"cost_usd", kReal}},
             .key_columns = 2},
            {.name = "sched_capacity",
             .columns = {{"node", kText},
                         {"since_us", kInteger},
                         {"until_us", kInteger},
                         {"devices", kInteger},
                         {"simulated", kInteger}},
             .key_columns = 2},
            {.name = "sched_jobs", .columns = {{"job", kText}, {"priority", kReal}}}};
  }
  static std::vector<std::unique_ptr<ledger::Pillar>> connected() {
    auto pillars = tests::pillars_of(
        trust::make_pillar(), product::make_pillar(), team::make_pillar(),
        std::unique_ptr<ledger::Pillar>(std::make_unique<tests::TablePillar>(others())),
        make_pillar());
    connect(pillars);
    return pillars;
  }
};

}  // namespace fulcrum::score
