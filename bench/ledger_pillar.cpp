#include "ledger_pillar.h"

#include <fmt/format.h>

namespace fulcrum::bench {

namespace {

namespace json = base::json;
using enum ledger::ColumnType;

class MeterPillar final : public ledger::Pillar {
 public:
  MeterPillar()
      : commands_{{"meter.record", ledger::Role::kMember, "Record ten readings", {}}},
        tables_{{.name = "meter_readings",
                 .columns = {{"seq", kInteger},
                             {"time_us", kInteger},
                             {"meter", kText},
                             {"value", kInteger},
                             {"note", kText}}}} {}
  std::string_view name() const override { return "meter"; }
  const std::vector<ledger::CommandSpec>& commands() const override { return commands_; }
  const std::vector<ledger::QuerySpec>& queries() const override { return queries_; }
  const std::vector<ledger::TableSpec>& tables() const override { return tables_; }

  base::Result<ledger::NewEvents> decide(std::string_view, const json::value& body,
                                         const ledger::Context&) const override {
    const std::string meter = base::get_string(body, "meter");
    const auto value = base::get_integer(body, "value");
    ledger::NewEvents events;
    events.reserve(kEventsPerCommand);
    for (int i = 0; i < kEventsPerCommand; ++i)
      events.push_back({"meter/" + meter, "meter.read",
                        fmt::format(R"({{"meter":"{}","value":{},"unit":"watt","tariff":0.{:03},)"
                                    R"("note":"a reading taken at the main distribution board",)"
                                    R"("quality":"measured","channel":{}}})",
                                    meter, value + i, value % 1000, i)});
    return events;
  }
  void evolve(const ledger::Event& event, const json::value& payload) override {
    if (event.kind == "meter.read") total_ += base::get_integer(payload, "value");
  }
  void project(const ledger::Event& event, const json::value& payload,
               ledger::TableWriter& tables) const override {
    if (event.kind != "meter.read") return;
    tables.upsert(
        "meter_readings",
        {static_cast<std::int64_t>(event.seq), event.time_us, base::get_string(payload, "meter"),
         base::get_integer(payload, "value"), base::get_string(payload, "note")});
  }
  base::Result<json::value> answer(std::string_view, const json::value&,
                                   const ledger::TableReader&) const override {
    return json::value{};
  }
  json::value save() const override { return json::object{{"total", total_}}; }
  base::Status restore(const json::value& saved) override {
    total_ = base::get_integer(saved, "total");
    return {};
  }

 private:
  std::vector<ledger::CommandSpec> commands_;
  std::vector<ledger::QuerySpec> queries_;
  std::vector<ledger::TableSpec> tables_;
  std::int64_t total_ = 0;
};

}  // namespace

std::unique_ptr<ledger::Pillar> make_meter_pillar() {
  return std::make_unique<MeterPillar>();
}

}  // namespace fulcrum::bench
