#pragma once
// A factor: a number in [0, 1] with its definition, its query, its sample and where it came from.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "score/interval.h"

namespace fulcrum::score {

class Evidence;

/// One fact under a figure: the event's seq, and what it says.
struct Trace {
  std::uint64_t seq = 0;
  std::string line;
};

struct Figure {
  double value = 0;  // in [0, 1]
  Interval interval;
  std::int64_t n = 0;                // what was counted: samples, checks, ratings, allocations
  std::string method;                // how value and interval came about
  std::vector<Trace> evidence = {};  // newest first, at most kTraces
};
constexpr std::size_t kTraces = 20;

/// What a factor's function found. Real and simulated evidence are never added together.
struct Measured {
  std::optional<Figure> real = {};
  std::optional<Figure> simulated = {};
  std::string missing = {};        // what to do when there is neither
  std::string target = {};         // the declared target in words; empty: none is needed
  base::json::object beside = {};  // figures shown beside, counted nowhere
};

/// A factor as listed in factors.def.
struct FactorSpec {
  std::string_view score;       // "data_quality"
  std::string_view name;        // "accuracy"
  std::string_view definition;  // one sentence with the formula
  std::string_view query;       // the query or table that shows the same facts
  std::string_view raise;       // what raises it once it is assessed
  Measured (*measure)(const Evidence&) = nullptr;
};

/// Every factor, in the order of factors.def; a score's factors stand together.
const std::vector<FactorSpec>& factor_specs();

}  // namespace fulcrum::score
