#include "data/pipeline/report.h"

namespace fulcrum::data {

namespace json = base::json;

json::object summary_report(const Pipeline& pipeline, const Accounting& account) {
  json::object rules;
  if (account.bad.dropped > 0)
    rules["bad_record"] = json::object{{"dropped", account.bad.dropped}, {"changed", 0}};
  for (std::size_t i = 0; i < account.steps.size(); ++i)
    for (std::size_t k = 0; k < account.steps[i].rules.size(); ++k) {
      const auto& rule = account.steps[i].rules[k];
      rules[pipeline.steps[i].rules[k]] =
          json::object{{"dropped", rule.dropped}, {"changed", rule.changed}};
    }
  return {{"records_in", account.records_in},
          {"records_out", account.records_out},
          {"bytes_in", account.bytes_in},
          {"rules", std::move(rules)}};
}

json::object full_report(const Pipeline& pipeline, const Accounting& account) {
  json::object report = summary_report(pipeline, account);
  const auto full = to_json(account);
  json::array steps;
  for (std::size_t i = 0; i < account.steps.size(); ++i) {
    json::array rules;
    const auto& counted = full.at("steps").at(i).at("rules").get_array();
    for (std::size_t k = 0; k < counted.size(); ++k) {
      json::object rule{{"rule", pipeline.steps[i].rules[k]}};
      for (const auto& member : counted[k].get_object()) rule[member.key()] = member.value();
      rules.push_back(std::move(rule));
    }
    steps.push_back(json::object{{"step", pipeline.steps[i].name},
                                 {"records_in", account.steps[i].records_in},
                                 {"rules", std::move(rules)}});
  }
  report["steps"] = std::move(steps);
  report["bad_records"] = full.at("bad");
  return report;
}

}  // namespace fulcrum::data
