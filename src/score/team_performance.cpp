// Team performance, from requirements, improvements and budgets (satisfaction:
// user_experience.cpp).
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "score/factor_list.h"

namespace fulcrum::score {

namespace {

constexpr double kDayUs = 86'400e6;
constexpr const char* kScore = "team_performance";

/// Requirements whose gate's counted record came from a simulation.
class SimulatedGates {
 public:
  explicit SimulatedGates(const Evidence& evidence) {
    for (const auto& row : evidence.rows({.table = "product_gates", .limit = 0}))
      simulated_[{row.text("gate"), row.text("requirement")}] = row.flag("simulated");
  }
  bool contains(const RowView& requirement) const {
    for (const auto& of : {requirement.text("id"), std::string()})
      if (const auto found = simulated_.find({requirement.text("gate"), of});
          found != simulated_.end())
        return found->second;
    return false;
  }

 private:
  std::map<std::pair<std::string, std::string>, bool> simulated_;
};

struct Due {
  RowView row;
  bool simulated;
};

/// A requirement accepted on simulated evidence counts as met only for the simulated figure.
std::optional<Figure> success_of(const std::vector<Due>& due, bool simulated) {
  double met = 0, all = 0;
  std::vector<double> weights;
  Figure figure;
  for (const auto& [row, from_simulation] : due) {
    const double weight = row.real("weight");
    const bool accepted = row.flag("accepted") && (simulated || !from_simulation);
    weights.push_back(weight);
    all += weight;
    if (accepted) met += weight;
    if (figure.evidence.size() < kTraces)
      figure.evidence.push_back({row.flag("accepted")
                                     ? static_cast<std::uint64_t>(row.integer("accepted_seq"))
                                     : row.seq(),
                                 fmt::format("{} (weight {:.3g}): {}", row.text("id"), weight,
                                             !row.flag("accepted") ? "open"
                                             : from_simulation ? "accepted on simulated evidence"
                                                               : "accepted")});
  }
  if (!(all > 0)) return std::nullopt;
  figure.value = met / all;
  figure.interval = wilson(figure.value, effective_size(weights));
  figure.n = static_cast<std::int64_t>(due.size());
  figure.method = "weights of due requirements; interval: Wilson for Kish's effective number";
  return figure;
}

}  // namespace

Measured project_success(const Evidence& evidence) {
  const SimulatedGates gates(evidence);
  std::vector<Due> due;
  std::int64_t next_due_us = 0;
  for (auto& row : evidence.rows({.table = "product_requirements",
                   .where = {{.column = "dropped", .value = std::int64_t{0}}},
                   .order = {"accepted", "-weight"},
                   .limit = 0})) {
    const std::int64_t due_us = row.integer("due_us");
    if (due_us > evidence.as_of_us()) {
      next_due_us = next_due_us == 0 ? due_us : std::min(next_due_us, due_us);
      continue;
    }
    const bool simulated = gates.contains(row);
    due.push_back({std::move(row), simulated});
  }
  Measured measured;
  const auto simulated =
      std::count_if(due.begin(), due.end(), [](const Due& one) { return one.simulated; });
  if (simulated < static_cast<std::ptrdiff_t>(due.size())) measured.real = success_of(due, false);
  if (simulated > 0) measured.simulated = success_of(due, true);
  measured.missing = next_due_us != 0 ? "no requirement is due yet"
                                      : "state what the product must do: requirement.add";
  if (next_due_us != 0) measured.beside["next_due_us"] = next_due_us;
  return first_of(std::move(measured), recorded_factor(evidence, kScore, "project_success"));
}

Measured innovation(const Evidence& evidence) {
  Measured measured;
  const auto target = evidence.target(kScore, "innovation");
  const double period_days = target ? target->period_days.value_or(30) : 30;
  const auto from_us = evidence.as_of_us() - static_cast<std::int64_t>(period_days * kDayUs);
  for (const bool simulated : {false, true}) {
    Figure figure;
    std::int64_t tried = 0, adopted = 0;
    const auto rows =
        evidence.rows({.table = "team_improvements",
                       .where = {{.column = "simulated", .value = std::int64_t{simulated}}},
                       .order = {"-seq"},
                       .limit = 0});
    for (const auto& row : rows) {
      const bool is_adopted = !row.is_null("adopted_us") && row.integer("adopted_us") > from_us;
      if (row.integer("tried_us") > from_us || is_adopted) ++tried;
      if (!is_adopted) continue;
      ++adopted;
      if (figure.evidence.size() < kTraces)
        figure.evidence.push_back({row.seq(), "adopted: " + row.text("title")});
    }
    measured.beside[simulated ? "tried_simulated" : "tried"] = tried;
    if (!target || rows.empty()) continue;  // a team that records them and adopted none has 0
    figure.value = std::min(1.0, static_cast<double>(adopted) / target->value);
    figure.interval = {figure.value, figure.value};
    figure.n = adopted;
    figure.method = fmt::format("{} adopted of {} tried in {:.4g} days; a count, no sampling error",
                                adopted, tried, period_days);
    (simulated ? measured.simulated : measured.real) = std::move(figure);
  }
  if (target) {
    measured.target = fmt::format("{:.4g} adopted in {:.4g} days", target->value, period_days);
    measured.missing = "record what was tried and adopted: improvement.record";
  } else {
    measured.missing =
        "declare how many improvements a period should bring: scorecard.declare team_performance "
        "innovation";
  }
  return first_of(std::move(measured), recorded_factor(evidence, kScore, "innovation"));
}

Measured cost_effectiveness(const Evidence& evidence) {
  Measured measured;
  const auto budgets = evidence.rows({.table = "team_budgets", .order = {"-seq"}, .limit = 0});
  for (const bool simulated : {false, true}) {
    double budget = 0, spent = 0;
    Figure figure;
    for (const auto& row : budgets) {
      const double of_it = row.real(simulated ? "spent_simulated_usd" : "spent_usd");
      budget += row.real("amount_usd");
      spent += of_it;
      if (figure.evidence.size() < kTraces)
        figure.evidence.push_back(
            {row.seq(), fmt::format("budget {}: {:.2f} USD of {:.2f} spent", row.text("budget"),
                                    of_it, row.real("amount_usd"))});
    }
    if (!(spent > 0)) continue;
    figure.value = std::min(1.0, budget / spent);
    figure.interval = {figure.value, figure.value};
    figure.n = static_cast<std::int64_t>(budgets.size());
    figure.method = fmt::format("{:.2f} USD budgeted, {:.2f} spent; accounts, no sampling error",
                                budget, spent);
    (simulated ? measured.simulated : measured.real) = std::move(figure);
  }
  measured.missing = budgets.empty() ? "set a budget: budget.set" : "record spending: budget.spend";
  return first_of(std::move(measured), recorded_factor(evidence, kScore, "cost_effectiveness"));
}

}  // namespace fulcrum::score
