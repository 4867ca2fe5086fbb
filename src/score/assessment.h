#pragma once
// From factors to scores: the product, its interval, the weakest factor, and what to do next.
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "score/evidence.h"

namespace fulcrum::score {

struct AssessedFactor {
  const FactorSpec* spec = nullptr;
  Measured measured;

  /// Real evidence when there is any, else simulated, else nullptr.
  const Figure* figure() const;
  /// Whether figure() is simulated.
  bool is_simulated() const;
  /// What would raise it, or what is missing.
  std::string next() const;
};

struct AssessedScore {
  std::string name;
  std::vector<AssessedFactor> factors;

  /// The product; nothing while a factor is not assessed.
  std::optional<double> value() const;
  Interval interval() const;
  /// "assessed", "partial" or "not_assessed".
  std::string_view state() const;
  /// The lowest assessed factor, else the first one; never nullptr.
  const AssessedFactor* weakest() const;
  /// The first factor that is not assessed, else the weakest: what to do next.
  const AssessedFactor* decisive() const;
  std::size_t missing() const;
  bool is_simulated() const;
};

/// All scores in the order of factors.def.
std::vector<AssessedScore> assess(const Evidence& evidence);
/// Fails with `score.unknown`.
base::Result<AssessedScore> assess_one(const Evidence& evidence, std::string_view name);

/// One step for a lead, most pressing first: scores nearest to being whole lack least, then the
/// lowest factors.
struct Decision {
  const AssessedScore* score = nullptr;
  const AssessedFactor* factor = nullptr;
};
std::vector<Decision> decisions(const std::vector<AssessedScore>& scores);

}  // namespace fulcrum::score
