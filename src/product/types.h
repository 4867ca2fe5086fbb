#pragma once
// Commands of the product pillar: what a product must do, how that was checked, and what its users
// say.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fulcrum::product {

struct DeclareProduct {
  std::string product;  // id
  std::string title;
  std::string purpose;
  static constexpr std::string_view kRequired[] = {"product", "title"};
};
BOOST_DESCRIBE_STRUCT(DeclareProduct, (), (product, title, purpose))

/// Sending it again with the same content changes nothing; with other content it replaces.
struct AddRequirement {
  std::string id;
  std::string title;
  double weight = 1;        // > 0
  std::string gate;         // the gate that proves it; empty: none yet
  std::int64_t due_us = 0;  // 0: due at once
  std::string product;
  static constexpr std::string_view kRequired[] = {"id", "title"};
};
BOOST_DESCRIBE_STRUCT(AddRequirement, (), (id, title, weight, gate, due_us, product))

/// A requirement with a gate can be accepted only after that gate has passed.
struct AcceptRequirement {
  std::string requirement;
  std::string note;
  static constexpr std::string_view kRequired[] = {"requirement"};
};
BOOST_DESCRIBE_STRUCT(AcceptRequirement, (), (requirement, note))

/// It is no longer wanted and counts nowhere.
struct DropRequirement {
  std::string requirement;
  std::string reason;
  static constexpr std::string_view kRequired[] = {"requirement", "reason"};
};
BOOST_DESCRIBE_STRUCT(DropRequirement, (), (requirement, reason))

struct LinkDesign {
  std::string requirement;
  std::string design;  // a document, a decision
  static constexpr std::string_view kRequired[] = {"requirement", "design"};
};
BOOST_DESCRIBE_STRUCT(LinkDesign, (), (requirement, design))

struct LinkTest {
  std::string requirement;
  std::string test;
  static constexpr std::string_view kRequired[] = {"requirement", "test"};
};
BOOST_DESCRIBE_STRUCT(LinkTest, (), (requirement, test))

struct LinkCanary {
  std::string requirement;
  std::string release;
  static constexpr std::string_view kRequired[] = {"requirement", "release"};
};
BOOST_DESCRIBE_STRUCT(LinkCanary, (), (requirement, release))

/// The latest record of a gate counts; `evidence` names seqs, objects or runs.
struct RecordGate {
  std::string gate;
  std::string requirement;  // empty: those that name this gate
  double value = 0;
  double target = 0;
  bool passed = false;
  std::vector<std::string> evidence;
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"gate", "value", "target", "passed"};
};
BOOST_DESCRIBE_STRUCT(RecordGate, (),
                      (gate, requirement, value, target, passed, evidence, simulated))

enum class CheckKind { kAccessibility, kSecurity, kLoad };
BOOST_DESCRIBE_ENUM(CheckKind, kAccessibility, kSecurity, kLoad)

/// The latest record of (kind, name) counts. A load check is one load step: passed means inside
/// the objective.
struct RecordCheck {
  CheckKind kind = CheckKind::kAccessibility;
  std::string name;
  bool passed = false;
  std::optional<double> value;
  std::optional<double> target;
  std::string unit;
  std::vector<std::string> evidence;
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"kind", "name", "passed"};
};
BOOST_DESCRIBE_STRUCT(RecordCheck, (),
                      (kind, name, passed, value, target, unit, evidence, simulated))

/// About an answer (`request_id`) or anything else (`subject`); at least one of rating,
/// task_success and text. `by` is the pseudonymous stream of the person, under which the text is
/// sealed, so that subject.erase erases it.
struct AddFeedback {
  std::string request_id;
  std::string subject;
  std::optional<unsigned> rating;  // 1 to 5
  std::optional<bool> task_success;
  std::string text;
  std::string by;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(AddFeedback, (),
                      (request_id, subject, rating, task_success, text, by, simulated))

/// What a plan's scorecard aims at. `metric` names what the value is measured in.
struct ScoreTarget {
  std::string score;   // "algorithm_performance"
  std::string factor;  // "speed"
  std::string metric;  // "p95_ms", "ndcg_at_10", "improvements"
  double value = 0;    // > 0
  std::optional<double> period_days;
  static constexpr std::string_view kRequired[] = {"score", "factor", "value"};
};
BOOST_DESCRIBE_STRUCT(ScoreTarget, (), (score, factor, metric, value, period_days))

/// Targets are kept by (score, factor); a later declaration of the same factor replaces.
struct DeclareScorecard {
  std::string product;
  std::vector<ScoreTarget> targets;
  static constexpr std::string_view kRequired[] = {"targets"};
};
BOOST_DESCRIBE_STRUCT(DeclareScorecard, (), (product, targets))

/// A factor measured elsewhere. `value` is the factor in [0, 1]; with a `metric` it is that metric
/// in its own unit ("p95_ms": 12.5), which the score sets against the declared target. `low` and
/// `high` bound a 95 % interval in the same unit; without them the score derives one from `n`.
struct RecordEvidence {
  std::string score;
  std::string factor;
  std::string metric;
  double value = 0;
  std::optional<double> low;
  std::optional<double> high;
  std::uint64_t n = 0;
  std::string method;
  std::string source;  // stream, run or object it comes from
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"score", "factor", "value", "method"};
};
BOOST_DESCRIBE_STRUCT(RecordEvidence, (),
                      (score, factor, metric, value, low, high, n, method, source, simulated))

}  // namespace fulcrum::product
