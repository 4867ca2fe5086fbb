#include "score/render.h"

namespace fulcrum::score {

namespace json = base::json;

namespace {

json::string text(std::string_view view) {
  return json::string(view);
}

json::array render_traces(const std::vector<Trace>& traces, const Evidence& evidence, bool why) {
  json::array array;
  for (const Trace& trace : traces) {
    if (!why) {
      array.push_back(trace.seq);
      continue;
    }
    array.push_back(json::object{{"seq", trace.seq},
                                 {"event", text(evidence.event_line(trace.seq))},
                                 {"line", text(trace.line)}});
  }
  return array;
}

json::object render_figure(const Figure& figure) {
  return {{"value", figure.value},
          {"low", figure.interval.low},
          {"high", figure.interval.high},
          {"n", figure.n}};
}

}  // namespace

json::object render_factor(const AssessedFactor& factor, const Evidence& evidence, bool why) {
  const Figure* figure = factor.figure();
  json::object object;
  if (figure) {
    object = render_figure(*figure);
  } else {
    object = {{"value", nullptr}, {"low", nullptr}, {"high", nullptr}, {"n", 0}};
  }
  object["state"] = figure ? "assessed" : "not_assessed";
  object["simulated"] = factor.is_simulated();
  object["definition"] = text(factor.spec->definition);
  object["query"] = text(factor.spec->query);
  object["target"] = factor.measured.target.empty() ? json::value(nullptr)
                                                    : json::value(text(factor.measured.target));
  object["method"] = figure ? text(figure->method) : text("");
  object["next"] = text(factor.next());
  object["evidence"] = figure ? render_traces(figure->evidence, evidence, why) : json::array{};
  if (factor.measured.real && factor.measured.simulated)
    object["simulated_beside"] = render_figure(*factor.measured.simulated);
  if (!factor.measured.beside.empty()) object["beside"] = factor.measured.beside;
  return object;
}

json::object render_score(const AssessedScore& score, const Evidence& evidence, bool why) {
  const auto value = score.value();
  json::object object;
  object["value"] = value ? json::value(*value) : json::value(nullptr);
  object["low"] = value ? json::value(score.interval().low) : json::value(nullptr);
  object["high"] = value ? json::value(score.interval().high) : json::value(nullptr);
  object["state"] = text(score.state());
  object["simulated"] = score.is_simulated();
  object["weakest"] = text(score.weakest()->spec->name);
  object["next"] = text(score.decisive()->next());
  object["next_factor"] = text(score.decisive()->spec->name);
  json::array missing;
  json::object factors;
  for (const auto& factor : score.factors) {
    if (!factor.figure()) missing.push_back(text(factor.spec->name));
    factors[factor.spec->name] = render_factor(factor, evidence, why);
  }
  object["missing"] = std::move(missing);
  object["factors"] = std::move(factors);
  return object;
}

json::object render_decision(const Decision& decision) {
  const Figure* figure = decision.factor->figure();
  return {{"score", text(decision.score->name)},
          {"factor", text(decision.factor->spec->name)},
          {"state", figure ? "assessed" : "not_assessed"},
          {"value", figure ? json::value(figure->value) : json::value(nullptr)},
          {"simulated", decision.factor->is_simulated()},
          {"action", text(decision.factor->next())},
          {"query", text(decision.factor->spec->query)}};
}

}  // namespace fulcrum::score
