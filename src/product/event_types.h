#pragma once
// Events of the product pillar.
#include "base/personal.h"
#include "product/types.h"

namespace fulcrum::product {

struct ProductDeclared {
  std::string product;
  std::string title;
  std::string purpose;
};
BOOST_DESCRIBE_STRUCT(ProductDeclared, (), (product, title, purpose))

struct RequirementAdded {
  std::string id;
  std::string title;
  double weight = 1;
  std::string gate;
  std::int64_t due_us = 0;
  std::string product;
};
BOOST_DESCRIBE_STRUCT(RequirementAdded, (), (id, title, weight, gate, due_us, product))

struct RequirementAccepted {
  std::string requirement;
  std::string note;
};
BOOST_DESCRIBE_STRUCT(RequirementAccepted, (), (requirement, note))

struct RequirementDropped {
  std::string requirement;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(RequirementDropped, (), (requirement, reason))

enum class LinkKind { kDesign, kTest, kCanary };
BOOST_DESCRIBE_ENUM(LinkKind, kDesign, kTest, kCanary)

struct RequirementLinked {
  std::string requirement;
  LinkKind kind = LinkKind::kDesign;
  std::string target;
};
BOOST_DESCRIBE_STRUCT(RequirementLinked, (), (requirement, kind, target))

struct GateRecorded {
  std::string gate;
  std::string requirement;
  double value = 0;
  double target = 0;
  bool passed = false;
  std::vector<std::string> evidence;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(GateRecorded, (),
                      (gate, requirement, value, target, passed, evidence, simulated))

struct CheckRecorded {
  CheckKind kind = CheckKind::kAccessibility;
  std::string name;
  bool passed = false;
  std::optional<double> value;
  std::optional<double> target;
  std::string unit;
  std::vector<std::string> evidence;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(CheckRecorded, (),
                      (kind, name, passed, value, target, unit, evidence, simulated))

struct FeedbackAdded {
  std::string request_id;
  std::string subject;
  std::optional<unsigned> rating;
  std::optional<bool> task_success;
  std::optional<base::Personal> text;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(FeedbackAdded, (),
                      (request_id, subject, rating, task_success, text, simulated))

struct ScorecardDeclared {
  std::string product;
  std::vector<ScoreTarget> targets;
};
BOOST_DESCRIBE_STRUCT(ScorecardDeclared, (), (product, targets))

struct EvidenceRecorded {
  std::string score;
  std::string factor;
  std::string metric;
  double value = 0;
  std::optional<double> low;
  std::optional<double> high;
  std::uint64_t n = 0;
  std::string method;
  std::string source;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(EvidenceRecorded, (),
                      (score, factor, metric, value, low, high, n, method, source, simulated))

}  // namespace fulcrum::product
