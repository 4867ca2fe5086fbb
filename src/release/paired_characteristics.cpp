#include "release/paired_characteristics.h"

#include <algorithm>
#include <optional>

#include "base/random.h"
#include "release/paired.h"
#include "release/sequential.h"
#include "release/tally.h"

namespace fulcrum::release {

namespace {

struct Row {
  bool candidate = false;
  bool stable = false;
};

/// One replay, judged both ways on the same rows.
class Replay {
 public:
  Replay(const Policy& policy, const ReplayScenario& scenario, std::uint64_t seed)
      : policy_(policy), scenario_(scenario), random_(seed) {}

  void play(std::int64_t look_every) {
    for (std::int64_t n = 0; n < scenario_.pairs; ++n) {
      if (n % scenario_.per_user == 0) next_user();
      add(draw());
      if ((n + 1) % look_every == 0 || n + 1 == scenario_.pairs) look();
    }
  }

  std::optional<Outcome> paired, halves;
  bool covered = true;

 private:
  void next_user() {
    pairs_ = {};
    tally_ = {};
    in_candidate_ = random_.uniform() < policy_.candidate_share;
    shift_ = scenario_.user_spread * random_.normal();
  }

  Row draw() {
    const double both = scenario_.shared * scenario_.stable_rate;
    const double loss = std::max(0.0, scenario_.stable_rate - both - shift_ / 2);
    const double win = std::max(0.0, scenario_.stable_rate + scenario_.effect - both + shift_ / 2);
    const double at = random_.uniform();
    if (at < both) return {true, true};
    return {at < both + win && at >= both, at >= both + win && at < both + win + loss};
  }

  void add(const Row& row) {
    add_pair(counts_, pairs_, row.candidate, row.stable);
    for (auto [arm, reward] : {std::pair{&candidate_, row.candidate}, {&stable_, row.stable}}) {
      ++arm->requests;
      ++arm->samples;
      arm->successes += reward ? 1 : 0;
    }
    ArmCounts& half = in_candidate_ ? half_candidate_ : half_stable_;
    ++half.requests;
    add_sample(half, tally_, in_candidate_ ? row.candidate : row.stable);
  }

  void look() {
    const Verdict verdict = judge_paired(policy_, stable_, candidate_, counts_, 0);
    if (!paired && verdict.outcome != Outcome::kNeedMoreData) paired = verdict.outcome;
    if (verdict.reason != Reason::kTooFewSamples && verdict.reason != Reason::kTooFewUsers &&
        (scenario_.effect < verdict.evidence.low || scenario_.effect > verdict.evidence.high))
      covered = false;
    const Verdict half = judge(policy_, half_stable_, half_candidate_, 0);
    if (!halves && half.outcome != Outcome::kNeedMoreData) halves = half.outcome;
  }

  const Policy& policy_;
  const ReplayScenario& scenario_;
  base::Random random_;
  PairedCounts counts_;
  ArmCounts stable_, candidate_, half_stable_, half_candidate_;
  UserPairs pairs_;
  UserTally tally_;
  bool in_candidate_ = false;
  double shift_ = 0;
};

}  // namespace

ReplayCharacteristics simulate_replays(const Policy& policy, const ReplayScenario& scenario,
                                       int repetitions, std::int64_t look_every,
                                       std::uint64_t seed) {
  base::Random seeds(seed);
  ReplayCharacteristics sum;
  if (repetitions <= 0) return sum;
  for (int i = 0; i < repetitions; ++i) {
    Replay replay(policy, scenario, seeds.next());
    replay.play(look_every);
    sum.promoted += replay.paired == Outcome::kPromote ? 1 : 0;
    sum.rolled_back += replay.paired == Outcome::kRollBack ? 1 : 0;
    sum.covered += replay.covered ? 1 : 0;
    sum.half_promoted += replay.halves == Outcome::kPromote ? 1 : 0;
    sum.half_rolled_back += replay.halves == Outcome::kRollBack ? 1 : 0;
  }
  for (double* share :
       {&sum.promoted, &sum.rolled_back, &sum.covered, &sum.half_promoted, &sum.half_rolled_back})
    *share /= repetitions;
  return sum;
}

}  // namespace fulcrum::release
