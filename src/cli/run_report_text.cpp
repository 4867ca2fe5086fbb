#include "cli/run_report_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/table.h"
#include "base/text.h"
#include "cli/figures.h"
#include "cli/score_text.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

/// The same of a report's NAME, NAME_low, NAME_high.
std::string reported(const json::value& report, const std::string& name) {
  if (!at(report, name).is_number()) return "–";
  return interval(base::get_number(report, name), at(report, name + "_low"),
                  at(report, name + "_high"));
}

void add_data(std::string& out, const json::value& report) {
  const json::value& data = at(report, "data");
  if (!data.is_object()) return;
  out += base::text("report.data", base::get_integer(data, "rows_in"),
                    base::get_integer(data, "rows_kept"), base::get_integer(data, "dropped"),
                    base::get_integer(data, "changed")) +
         "\n";
  const json::value& judged = at(report, "checks.cleaning");
  if (judged.is_object())
    out +=
        "  " +
        base::text("report.judged", number(at(judged, "precision")), number(at(judged, "recall"))) +
        "\n";
}

/// "0.052 [0.044, 0.062]": the mean over the seeds, and the lowest and highest of them.
std::string over_seeds(const json::object& models, const std::string& metric) {
  double sum = 0, low = 0, high = 0;
  int seeds = 0;
  for (const auto& entry : models) {
    if (!std::string_view(entry.key()).starts_with("train.")) continue;
    const double value = base::get_number(at(entry.value(), "model"), metric);
    low = seeds == 0 ? value : std::min(low, value);
    high = seeds == 0 ? value : std::max(high, value);
    sum += value;
    ++seeds;
  }
  if (seeds < 2) return {};
  return fmt::format("{} [{}, {}]", number(sum / seeds), number(low), number(high));
}

void add_models(std::string& out, const json::value& report) {
  const json::value& models = at(report, "models");
  if (!models.is_object() || models.get_object().empty()) return;
  base::TableText table{.header = {base::text("report.model"), "NDCG@10", "HR@10", "n"},
                        .rows = {},
                        .right_aligned = {}};
  for (const auto& entry : models.get_object()) {
    const json::value& metrics = at(entry.value(), "model");
    table.rows.push_back({std::string(entry.key()), reported(metrics, "ndcg_at_10"),
                          reported(metrics, "hr_at_10"), number(at(metrics, "n"))});
  }
  if (const auto ndcg = over_seeds(models.get_object(), "ndcg_at_10"); !ndcg.empty())
    table.rows.push_back(
        {base::text("report.over_seeds"), ndcg, over_seeds(models.get_object(), "hr_at_10"), ""});
  out += "\n" + base::render(table);
}

void add_gates(std::string& out, const json::value& report) {
  const json::value& gates = at(report, "gates");
  if (!gates.is_array() || gates.get_array().empty()) return;
  base::TableText table{.header = {base::text("report.gate"), base::text("report.figure"),
                                   base::text("report.wanted"), ""},
                        .rows = {},
                        .right_aligned = {}};
  for (const auto& gate : gates.get_array())
    table.rows.push_back(
        {base::get_string(gate, "gate"),
         base::get_string(gate, "metric") + " " + number(at(gate, "value")),
         base::get_string(gate, "wanted"),
         base::text(base::get_bool(gate, "passed") ? "report.passed" : "report.missed")});
  out += "\n" + base::render(table);
}

void add_release(std::string& out, const json::value& report) {
  const json::value& release = at(report, "release");
  if (!release.is_object()) return;
  const json::value& evidence = at(release, "release.evidence");
  out += "\n" +
         base::text("report.release", base::get_string(release, "candidate"),
                    base::text("release." + base::get_string(release, "outcome")),
                    base::get_string(release, "reason")) +
         simulated_mark(release) + "\n";
  if (base::get_bool(release, "offline_replay")) out += "  " + base::text("report.replay") + "\n";
  if (evidence.is_object())
    out += "  " +
           base::text("report.evidence", number(at(evidence, "candidate_rate")),
                      number(at(evidence, "candidate.samples")),
                      number(at(evidence, "stable_rate")), number(at(evidence, "stable.samples")),
                      number(at(evidence, "low")), number(at(evidence, "high"))) +
           "\n";
  const std::string first = base::get_string(release, "first_release");
  if (!first.empty()) out += "  " + base::text("report.first_release") + "\n";
}

void add_contention(std::string& out, const json::value& report) {
  const json::value& contention = at(report, "contention");
  const json::value& policies = at(contention, "runs");
  if (!policies.is_array() || policies.get_array().empty()) return;
  const json::value& first = at(policies.get_array()[0], "jobs");
  out += "\n" +
         base::text("report.contention", first.is_array() ? first.get_array().size() : 0,
                    number(at(contention, "devices")), number(at(contention, "nodes"))) +
         " " + base::text("score.simulated") + "\n";
  base::TableText table{.header = {base::text("report.policy"), base::text("report.job"),
                                   base::text("report.waited_h"), base::text("report.gpu_hours"),
                                   base::text("report.usd")},
                        .rows = {},
                        .right_aligned = {false, false, true, true, true}};
  for (const auto& policy : policies.get_array()) {
    const json::value& jobs = at(policy, "jobs");
    if (!jobs.is_array()) continue;
    for (const auto& job : jobs.get_array())
      table.rows.push_back({base::get_string(policy, "policy"), base::get_string(job, "name"),
                            fmt::format("{:.2f}", base::get_number(job, "wait_s") / 3600),
                            fmt::format("{:.2f}", base::get_number(job, "gpu_hours")),
                            fmt::format("{:.2f}", base::get_number(job, "cost_usd"))});
  }
  out += base::render(table);
}

void add_scores(std::string& out, const json::value& report) {
  const json::value& scores = at(report, "scores");
  if (scores.is_object()) out += "\n" + scores_table(scores);
}

void add_next(std::string& out, const json::value& report) {
  const json::value& next = at(report, "next");
  if (!next.is_array() || next.get_array().empty()) return;
  const json::value& first = next.get_array()[0];
  const std::string score = base::get_string(first, "score");
  const std::string factor = base::get_string(first, "factor");
  out +=
      "\n" +
      base::text("report.next", next_step(score, factor, first, base::get_string(first, "action")),
                 base::text("score." + score), factor) +
      "\n";
}

}  // namespace

std::string run_report_text(const json::value& report) {
  std::string out;
  std::size_t cached = 0, total = 0;
  if (at(report, "steps").is_array())
    for (const auto& step : at(report, "steps").get_array()) {
      ++total;
      if (base::get_bool(step, "cached")) ++cached;
    }
  out += base::text("report.headline", base::get_string(report, "plan"),
                    base::text("run." + base::get_string(report, "state")),
                    fmt::format("{:.1f}", base::get_number(report, "seconds")), total, cached) +
         "\n";
  add_data(out, report);
  add_models(out, report);
  add_gates(out, report);
  add_release(out, report);
  add_contention(out, report);
  add_scores(out, report);
  add_next(out, report);
  return out;
}

}  // namespace fulcrum::cli
