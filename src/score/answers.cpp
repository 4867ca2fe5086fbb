#include "score/answers.h"

#include "score/render.h"

namespace fulcrum::score {

namespace json = base::json;

namespace {

/// Declared targets that no factor reads: a typing mistake would otherwise go unseen.
json::array unknown_targets(const Evidence& evidence) {
  json::array unknown;
  for (const auto& row : evidence.rows({.table = "product_targets", .limit = 0})) {
    bool known = false;
    for (const auto& spec : factor_specs())
      known |= spec.score == row.text("score") && spec.name == row.text("factor");
    if (!known) unknown.push_back(json::string(row.text("score") + "." + row.text("factor")));
  }
  return unknown;
}

}  // namespace

base::Result<json::value> answer(const Sight& sight, const ShowScores& query) {
  const Evidence evidence(sight.tables, {query.dataset, query.as_of_us});
  json::object scores;
  if (query.name.empty()) {
    for (const auto& score : assess(evidence))
      scores[score.name] = render_score(score, evidence, query.why);
  } else {
    TRY(const auto score, assess_one(evidence, query.name));
    scores[score.name] = render_score(score, evidence, query.why);
  }
  return json::object{{"as_of_us", evidence.as_of_us()},
                      {"dataset", evidence.dataset()},
                      {"interval_rule",
                       "a score lies between the products of its factors' lows and highs; k 95 % "
                       "intervals hold together with at least 1 - 5 % x k"},
                      {"unknown_targets", unknown_targets(evidence)},
                      {"scores", std::move(scores)}};
}

base::Result<json::value> answer(const Sight& sight, const NextDecisions& query) {
  const Evidence evidence(sight.tables, {query.dataset, query.as_of_us});
  const auto scores = assess(evidence);
  json::array list;
  for (const auto& decision : decisions(scores)) {
    if (list.size() == query.limit) break;
    list.push_back(render_decision(decision));
  }
  return json::object{{"as_of_us", evidence.as_of_us()}, {"decisions", std::move(list)}};
}

}  // namespace fulcrum::score
