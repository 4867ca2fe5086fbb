#include "cli/score_text.h"

#include <fmt/format.h>

#include "base/table.h"
#include "base/text.h"
#include "cli/figures.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

std::string score_figure(const json::value& score) {
  const std::string state = base::get_string(score, "state");
  return (state == "assessed" ? figure(score) : base::text("score." + state)) +
         simulated_mark(score);
}

void add_line(std::string& out, std::string_view key, const std::string& value) {
  if (!value.empty()) out += fmt::format("    {}: {}\n", base::text(key), value);
}

bool is_simulated(const json::value& assessed) {
  const json::value& mark = at(assessed, "simulated");
  return mark.is_bool() && mark.get_bool();
}

std::string factor_key(std::string_view score, std::string_view factor, std::string_view member) {
  return fmt::format("factor.{}.{}.{}", score, factor, member);
}

void add_factor(std::string& out, std::string_view score, std::string_view name,
                const json::value& factor) {
  out += fmt::format("  {}  {}{}\n", name, figure(factor), simulated_mark(factor));
  add_line(out, "why.definition",
           base::translated(factor_key(score, name, "definition"),
                            base::get_string(factor, "definition")));
  add_line(out, "why.query", base::get_string(factor, "query"));
  add_line(out, "why.method", base::get_string(factor, "method"));
  add_line(out, "why.target", base::get_string(factor, "target"));
  if (at(factor, "value").is_number()) add_line(out, "why.n", number(at(factor, "n")));
  add_line(out, "report.raises", next_step(score, name, factor, base::get_string(factor, "next")));
  const json::value& evidence = at(factor, "evidence");
  if (!evidence.is_array()) return;
  for (const auto& trace : evidence.get_array())
    if (trace.is_object())
      out += fmt::format("    {}\n      {}\n", base::get_string(trace, "event"),
                         base::get_string(trace, "line"));
}

/// The score's own "next" is that of the factor which it names.
std::string next_of_score(std::string_view name, const json::value& score) {
  const std::string factor = base::get_string(score, "next_factor");
  return next_step(name, factor, at(at(score, "factors"), factor), base::get_string(score, "next"));
}

}  // namespace

std::string next_step(std::string_view score, std::string_view factor, const json::value& assessed,
                      const std::string& english) {
  if (english.empty()) return english;
  if (!at(assessed, "value").is_number() || is_simulated(assessed)) {
    const std::string missing = base::translated(factor_key(score, factor, "missing"), "");
    if (missing.empty()) return english;
    return is_simulated(assessed) ? base::text("score.real_evidence", missing) : missing;
  }
  return base::translated(factor_key(score, factor, "raise"), english);
}

std::string scores_table(const json::value& scores) {
  base::TableText table{.header = {base::text("report.score"), base::text("report.figure"),
                                   base::text("report.weakest"), base::text("report.raises")},
                        .rows = {},
                        .right_aligned = {}};
  for (const auto& entry : scores.get_object()) {
    const json::value& score = entry.value();
    table.rows.push_back({base::text("score." + std::string(entry.key())), score_figure(score),
                          base::get_string(score, "weakest"), next_of_score(entry.key(), score)});
    if (!at(score, "factors").is_object()) continue;
    for (const auto& factor : at(score, "factors").get_object())
      table.rows.push_back({"  " + std::string(factor.key()),
                            figure(factor.value()) + simulated_mark(factor.value()), "", ""});
  }
  return base::render(table);
}

std::string scores_walk(const json::value& scores) {
  std::string out;
  for (const auto& entry : scores.get_object()) {
    const json::value& score = entry.value();
    out += fmt::format("{}{}  {}\n", out.empty() ? "" : "\n",
                       base::text("score." + std::string(entry.key())), score_figure(score));
    add_line(out, "report.weakest", base::get_string(score, "weakest"));
    if (!at(score, "factors").is_object()) continue;
    for (const auto& factor : at(score, "factors").get_object())
      add_factor(out, entry.key(), factor.key(), factor.value());
  }
  return out;
}

}  // namespace fulcrum::cli
