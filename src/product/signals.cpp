// What users and checks say, what the scores aim at, and factors measured elsewhere.
#include <cmath>

#include "product/decide.h"

namespace fulcrum::product {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

std::string kind_name(CheckKind kind) {
  switch (kind) {
    case CheckKind::kAccessibility:
      return "accessibility";
    case CheckKind::kSecurity:
      return "security";
    case CheckKind::kLoad:
      return "load";
  }
  return {};
}

bool finite(const std::optional<double>& value) {
  return !value || std::isfinite(*value);
}

}  // namespace

base::Result<NewEvents> decide(const State&, const RecordCheck& command, const Context&) {
  if (command.name.empty()) return base::usage("check.name", "a check needs a name", "name");
  if (!finite(command.value) || !finite(command.target))
    return base::usage("check.value", "value and target are finite numbers", "value");
  return NewEvents{
      event("check/" + kind_name(command.kind),
            CheckRecorded{command.kind, command.name, command.passed, command.value, command.target,
                          command.unit, command.evidence, command.simulated})};
}

base::Result<NewEvents> decide(const State&, const AddFeedback& command, const Context& context) {
  if (command.request_id.empty() && command.subject.empty())
    return base::usage("feedback.subject", "say what the feedback is about", "subject",
                       "give request_id or subject");
  if (command.rating && (*command.rating < 1 || *command.rating > 5))
    return base::usage("feedback.rating", "a rating is 1, 2, 3, 4 or 5", "rating");
  if (!command.rating && !command.task_success && command.text.empty())
    return base::usage("feedback.empty", "the feedback says nothing", "rating",
                       "give rating, task_success or text");
  const std::string stream = "feedback/" + context.ids->next(context.now_us);
  FeedbackAdded added{command.request_id,   command.subject, command.rating,
                      command.task_success, std::nullopt,    command.simulated};
  if (!command.text.empty())
    added.text = base::Personal{command.by.empty() ? stream : command.by, command.text};
  return NewEvents{event(stream, added)};
}

base::Result<NewEvents> decide(const State&, const DeclareScorecard& command, const Context&) {
  if (command.targets.empty())
    return base::usage("scorecard.empty", "a scorecard needs targets", "targets");
  for (std::size_t i = 0; i < command.targets.size(); ++i) {
    const ScoreTarget& target = command.targets[i];
    const std::string field = "targets[" + std::to_string(i) + "]";
    if (target.score.empty() || target.factor.empty())
      return base::usage("scorecard.factor", "a target names its score and factor", field);
    if (!(target.value > 0) || !std::isfinite(target.value))
      return base::usage("scorecard.value", "a target is above 0", field + ".value");
    if (target.period_days && !(*target.period_days > 0))
      return base::usage("scorecard.period", "a period is above 0 days", field + ".period_days");
  }
  return NewEvents{event("scorecard/" + (command.product.empty() ? "default" : command.product),
                         ScorecardDeclared{command.product, command.targets})};
}

base::Result<NewEvents> decide(const State&, const RecordEvidence& command, const Context&) {
  if (command.score.empty() || command.factor.empty())
    return base::usage("evidence.factor", "evidence names its score and factor", "factor");
  if (command.method.empty())
    return base::usage("evidence.method", "say how it was measured", "method");
  if (!std::isfinite(command.value) || !finite(command.low) || !finite(command.high))
    return base::usage("evidence.value", "value, low and high are finite numbers", "value");
  if (command.low.value_or(command.value) > command.value ||
      command.high.value_or(command.value) < command.value)
    return base::usage("evidence.interval", "low <= value <= high", "low");
  if (command.metric.empty() &&
      (command.low.value_or(command.value) < 0 || command.high.value_or(command.value) > 1))
    return base::usage("evidence.range", "a factor is within [0, 1]", "value",
                       "give the metric's name when the value is in another unit");
  return NewEvents{event("evidence/" + command.score + "/" + command.factor,
                         EvidenceRecorded{command.score, command.factor, command.metric,
                                          command.value, command.low, command.high, command.n,
                                          command.method, command.source, command.simulated})};
}

void evolve(State&, const CheckRecorded&, const EventMeta&) {}
void evolve(State&, const FeedbackAdded&, const EventMeta&) {}
void evolve(State&, const ScorecardDeclared&, const EventMeta&) {}
void evolve(State&, const EvidenceRecorded&, const EventMeta&) {}

}  // namespace fulcrum::product
