// User experience, from feedback and from checks.
#include <fmt/format.h>

#include "score/factor_list.h"

namespace fulcrum::score {

namespace {

using ledger::Compare;

struct Share {
  double successes = 0;
  double n = 0;
  double value() const { return n > 0 ? successes / n : 0; }
  Interval interval() const { return wilson(value(), n); }
};

/// Feedback rows that say something in `column`, and those of them that reach `least`.
Share feedback_share(const Evidence& evidence, const char* column, std::int64_t least,
                     std::int64_t lowest, bool simulated) {
  const auto counted = [&](std::int64_t from) {
    return static_cast<double>(
        evidence.count({.table = "product_feedback",
                        .where = {{.column = "simulated", .value = std::int64_t{simulated}},
                                  {column, Compare::kGreaterEqual, from}}}));
  };
  return {counted(least), counted(lowest)};
}
Share ratings(const Evidence& evidence, bool simulated) {
  return feedback_share(evidence, "rating", 4, 1, simulated);
}
Share task_success(const Evidence& evidence, bool simulated) {
  return feedback_share(evidence, "task_success", 1, 0, simulated);
}

std::vector<Trace> feedback_traces(const Evidence& evidence, bool simulated, const char* column) {
  std::vector<ledger::Condition> where = {
      {.column = "simulated", .value = std::int64_t{simulated}}};
  if (column) where.push_back({column, Compare::kGreaterEqual, std::int64_t{0}});
  std::vector<Trace> traces;
  for (const auto& row : evidence.rows({.table = "product_feedback",
                         .where = std::move(where),
                         .order = {"-seq"},
                         .limit = kTraces})) {
    std::string line = "feedback on " +
                       (row.text("subject").empty() ? row.text("request_id") : row.text("subject"));
    if (!row.is_null("rating")) line += fmt::format(": {} of 5", row.integer("rating"));
    if (!row.is_null("task_success")) line += row.flag("task_success") ? ", succeeded" : ", failed";
    traces.push_back({row.seq(), std::move(line)});
  }
  return traces;
}

Measured checks(const Evidence& evidence, const char* kind, const char* factor) {
  Measured measured;
  for (const bool simulated : {false, true}) {
    const auto rows =
        evidence.rows({.table = "product_checks",
                       .where = {{.column = "kind", .value = std::string(kind)},
                                 {.column = "simulated", .value = std::int64_t{simulated}}},
                       .order = {"passed", "-seq"},
                       .limit = 0});
    if (rows.empty()) continue;
    Share share;
    Figure figure;
    for (const auto& row : rows) {
      share.n += 1;
      if (row.flag("passed")) share.successes += 1;
      if (figure.evidence.size() < kTraces)
        figure.evidence.push_back(
            {row.seq(), fmt::format("{} check {}: {}", kind, row.text("name"),
                                    row.flag("passed") ? "passed" : "failed")});
    }
    figure.value = share.value();
    figure.interval = share.interval();
    figure.n = static_cast<std::int64_t>(share.n);
    figure.method = "newest record of each check; interval: Wilson";
    (simulated ? measured.simulated : measured.real) = std::move(figure);
  }
  measured.missing = fmt::format("run {} checks and record them: check.record", kind);
  return first_of(std::move(measured), recorded_factor(evidence, "user_experience", factor));
}

}  // namespace

Measured usability(const Evidence& evidence) {
  Measured measured;
  for (const bool simulated : {false, true}) {
    const Share rated = ratings(evidence, simulated), tasks = task_success(evidence, simulated);
    double lows = 0, highs = 0, parts = 0;
    for (const Share& share : {rated, tasks}) {
      if (share.n == 0) continue;
      const Interval interval = share.interval();
      lows += interval.low;
      highs += interval.high;
      parts += 1;
    }
    if (parts == 0) continue;
    // The lower bound is the value: few ratings must not look like good ones.
    Figure figure{.value = lows / parts,
                  .interval = {lows / parts, highs / parts},
                  .n = static_cast<std::int64_t>(rated.n + tasks.n),
                  .method = fmt::format("ratings >= 4: {} of {}; tasks done: {} of {}; value: mean "
                                        "Wilson lower bound",
                                        rated.successes, rated.n, tasks.successes, tasks.n),
                  .evidence = feedback_traces(evidence, simulated, nullptr)};
    (simulated ? measured.simulated : measured.real) = std::move(figure);
  }
  measured.missing = "ask users for a rating or whether the task succeeded: feedback.add";
  return first_of(std::move(measured), recorded_factor(evidence, "user_experience", "usability"));
}

Measured accessibility(const Evidence& evidence) {
  return checks(evidence, "accessibility", "accessibility");
}
Measured security(const Evidence& evidence) {
  return checks(evidence, "security", "security");
}
Measured load_scalability(const Evidence& evidence) {
  return checks(evidence, "load", "scalability");
}

Measured customer_satisfaction(const Evidence& evidence) {
  Measured measured;
  for (const bool simulated : {false, true}) {
    const Share rated = ratings(evidence, simulated);
    if (rated.n == 0) continue;
    (simulated ? measured.simulated : measured.real) =
        Figure{.value = rated.value(),
               .interval = rated.interval(),
               .n = static_cast<std::int64_t>(rated.n),
               .method = "ratings of 4 or 5; interval: Wilson",
               .evidence = feedback_traces(evidence, simulated, "rating")};
  }
  measured.missing = "ask users for a rating: feedback.add";
  return first_of(std::move(measured),
                  recorded_factor(evidence, "team_performance", "customer_satisfaction"));
}

}  // namespace fulcrum::score
