#pragma once
// Queries of the product pillar. Empty: any.
#include <boost/describe/class.hpp>
#include <string>

namespace fulcrum::product {

struct ListProducts {};
BOOST_DESCRIBE_STRUCT(ListProducts, (), ())

/// Each requirement with its chain requirement → gate → test → canary, and the orphans.
struct ListRequirements {
  std::string product;
};
BOOST_DESCRIBE_STRUCT(ListRequirements, (), (product))

struct ListGates {
  std::string gate;
};
BOOST_DESCRIBE_STRUCT(ListGates, (), (gate))

struct ListFeedback {
  std::string subject;
  std::string request_id;
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListFeedback, (), (subject, request_id, limit))

struct ListChecks {
  std::string kind;
};
BOOST_DESCRIBE_STRUCT(ListChecks, (), (kind))

struct ShowScorecard {};
BOOST_DESCRIBE_STRUCT(ShowScorecard, (), ())

struct ListEvidence {
  std::string score;
  std::string factor;
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListEvidence, (), (score, factor, limit))

}  // namespace fulcrum::product
