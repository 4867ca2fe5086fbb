#pragma once
// A canary's side of the ledger: what was recorded, and the next look.
#include <optional>

#include "control/canary/canary.h"

namespace fulcrum::control {

class CanaryRecord {
 public:
  /// Starts the release unless that was done before.
  static base::Result<CanaryRecord> open(const CanarySpec& spec, const CanaryPorts& ports);

  bool ended() const;
  CanaryOutcome outcome() const;
  std::int64_t observations() const;
  double elapsed_s() const;
  release::ArmCounts counts(release::Arm arm) const;  // as last recorded
  std::string stable_version() const;
  std::vector<std::string> chunks() const;  // object ids, oldest first

  /// Records the counts and asks for a verdict on them; on `no_more_data` the release then ends.
  /// `paired`: of an offline replay.
  base::Status look(const EvidenceCut& cut, double elapsed_s, bool no_more_data,
                    const std::optional<release::PairedCounts>& paired = {});

 private:
  CanaryRecord(const CanarySpec& spec, const CanaryPorts& ports) : spec_(spec), ports_(ports) {}
  base::Status refresh(bool with_chunks);
  void report() const;

  const CanarySpec& spec_;
  const CanaryPorts& ports_;
  base::json::value shown_;
  std::vector<std::string> chunks_;
};

}  // namespace fulcrum::control
