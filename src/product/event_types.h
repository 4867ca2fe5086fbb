#pragma once
// Events of the product pillar; most say what their command said.
#include "base/personal.h"
#include "product/types.h"

namespace fulcrum::product {

using ProductDeclared = DeclareProduct;
using RequirementAdded = AddRequirement;
using RequirementAccepted = AcceptRequirement;
using RequirementDropped = DropRequirement;

enum class LinkKind { kDesign, kTest, kCanary };
BOOST_DESCRIBE_ENUM(LinkKind, kDesign, kTest, kCanary)

struct RequirementLinked {
  std::string requirement;
  LinkKind kind = LinkKind::kDesign;
  std::string target;
};
BOOST_DESCRIBE_STRUCT(RequirementLinked, (), (requirement, kind, target))

using GateRecorded = RecordGate;
using CheckRecorded = RecordCheck;

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

using ScorecardDeclared = DeclareScorecard;
using EvidenceRecorded = RecordEvidence;

}  // namespace fulcrum::product
