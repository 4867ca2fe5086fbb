#include "base/codec.h"
#include "score/answers.h"
#include "score/pillar.h"

namespace fulcrum::score {

namespace {

namespace json = base::json;

class ScorePillar final : public ledger::Pillar {
 public:
  ScorePillar() {
#define QUERY(Type, query_name, role, summary) \
  queries_.push_back({query_name, ledger::Role::role, summary, base::schema_of<Type>()});
#include "score/queries.def"
#undef QUERY
  }

  std::string_view name() const override {
    return "score";
  }
  const std::vector<ledger::CommandSpec>& commands() const override {
    return commands_;
  }
  const std::vector<ledger::QuerySpec>& queries() const override {
    return queries_;
  }
  const std::vector<ledger::TableSpec>& tables() const override {
    return tables_;
  }

  base::Result<ledger::NewEvents> decide(std::string_view command, const json::value&,
                                         const ledger::Context&) const override {
    return base::usage("command.unknown", "no such command: " + std::string(command));
  }
  void evolve(const ledger::Event&, const json::value&) override {}
  void project(const ledger::Event&, const json::value&, ledger::TableWriter&) const override {}

  base::Result<json::value> answer(std::string_view query, const json::value& parameters,
                                   const ledger::TableReader& tables) const override {
    const Sight sight{tables, pillars_};
#define QUERY(Type, query_name, role, summary)               \
  if (query == query_name) {                                 \
    TRY(const auto decoded, base::decode<Type>(parameters)); \
    return score::answer(sight, decoded);                    \
  }
#include "score/queries.def"
#undef QUERY
    return base::usage("query.unknown", "no such query: " + std::string(query));
  }

  json::value save() const override {
    return json::object{};
  }
  base::Status restore(const json::value&) override {
    return {};
  }

  void see(std::vector<const ledger::Pillar*> pillars) {
    pillars_ = std::move(pillars);
  }

 private:
  const std::vector<ledger::CommandSpec> commands_;  // scores are never set, only computed
  const std::vector<ledger::TableSpec> tables_;
  std::vector<ledger::QuerySpec> queries_;
  std::vector<const ledger::Pillar*> pillars_;
};

}  // namespace

std::unique_ptr<ledger::Pillar> make_pillar() {
  return std::make_unique<ScorePillar>();
}

void connect(const std::vector<std::unique_ptr<ledger::Pillar>>& pillars) {
  std::vector<const ledger::Pillar*> all;
  for (const auto& pillar : pillars) all.push_back(pillar.get());
  for (const auto& pillar : pillars)
    if (auto* score = dynamic_cast<ScorePillar*>(pillar.get())) score->see(all);
}

}  // namespace fulcrum::score
