#include "release/characteristics.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/random.h"
#include "release/sequential.h"
#include "release/tally.h"

namespace fulcrum::release {

namespace {

constexpr double kNaiveThreshold = 1.96;

struct User {
  double offset = 0;  // of the user's own rate from the arm's
  bool in_candidate = false;
  UserTally tally;
};

/// One release played to the cap, so that coverage is judged at every look.
struct Played {
  std::optional<Outcome> verdict;
  std::int64_t samples = 0;
  bool covered = true;
  int naive = 0;  // +1 promoted, -1 rolled back
};

class Release {
 public:
  Release(const Policy& policy, const Scenario& scenario, std::uint64_t seed)
      : policy_(policy), scenario_(scenario), random_(seed) {
    users_.resize(static_cast<std::size_t>(scenario.users));
    for (User& user : users_) {
      user.offset = scenario.user_spread * random_.normal();
      user.in_candidate = random_.uniform() < policy.candidate_share;
    }
  }

  Played play(std::int64_t look_every) {
    Played played;
    played.samples = policy_.max_samples;
    for (std::int64_t n = 1; n <= policy_.max_samples; ++n) {
      step();
      if (n % look_every == 0 || n == policy_.max_samples) look(n, played);
    }
    return played;
  }

 private:
  void step() {
    User single;
    if (users_.empty()) single.in_candidate = random_.uniform() < policy_.candidate_share;
    User& user = users_.empty() ? single : users_[random_.below(users_.size())];
    ArmCounts& arm = user.in_candidate ? candidate_ : stable_;
    ++arm.requests;
    const double error_rate =
        user.in_candidate ? scenario_.candidate_error_rate : scenario_.stable_error_rate;
    if (error_rate > 0 && random_.uniform() < error_rate) {
      ++arm.errors;
      return;
    }
    const double rate = std::clamp(
        scenario_.base_rate + (user.in_candidate ? scenario_.effect : 0.0) + user.offset, 0.0, 1.0);
    const bool success = random_.uniform() < rate;
    if (!users_.empty() && scenario_.users_known) {
      add_sample(arm, user.tally, success);
    } else {
      ++arm.samples;
      arm.successes += success ? 1 : 0;
    }
  }

  void look(std::int64_t n, Played& played) {
    const Verdict verdict = judge(policy_, stable_, candidate_, 0);
    if (!played.verdict && verdict.outcome != Outcome::kNeedMoreData) {
      played.verdict = verdict.outcome;
      played.samples = n;
    }
    const Evidence& evidence = verdict.evidence;
    if (verdict.reason == Reason::kTooFewSamples || verdict.reason == Reason::kTooFewUsers) return;
    if (scenario_.effect < evidence.low || scenario_.effect > evidence.high) played.covered = false;
    if (played.naive != 0) return;
    const auto variance = [](double rate, std::int64_t samples) {
      return rate * (1 - rate) / static_cast<double>(samples);
    };
    const double z =
        evidence.difference / std::sqrt(variance(evidence.stable_rate, stable_.samples) +
                                        variance(evidence.candidate_rate, candidate_.samples));
    if (std::abs(z) > kNaiveThreshold) played.naive = z > 0 ? 1 : -1;
  }

  const Policy& policy_;
  const Scenario& scenario_;
  base::Random random_;
  std::vector<User> users_;
  ArmCounts stable_, candidate_;
};

}  // namespace

Characteristics simulate_releases(const Policy& policy, const Scenario& scenario, int repetitions,
                                  std::int64_t look_every, std::uint64_t seed) {
  base::Random seeds(seed);
  Characteristics sum;
  std::vector<std::int64_t> samples;
  for (int i = 0; i < repetitions; ++i) {
    const Played played = Release(policy, scenario, seeds.next()).play(look_every);
    if (!played.verdict) {
      sum.undecided += 1;
    } else if (*played.verdict == Outcome::kPromote) {
      sum.promoted += 1;
    } else {
      sum.rolled_back += 1;
    }
    sum.covered += played.covered ? 1 : 0;
    sum.naive_promoted += played.naive > 0 ? 1 : 0;
    sum.naive_rolled_back += played.naive < 0 ? 1 : 0;
    samples.push_back(played.samples);
  }
  if (repetitions <= 0) return sum;
  std::nth_element(samples.begin(), samples.begin() + repetitions / 2, samples.end());
  sum.median_samples = samples[static_cast<std::size_t>(repetitions / 2)];
  for (double* share : {&sum.promoted, &sum.rolled_back, &sum.undecided, &sum.covered,
                        &sum.naive_promoted, &sum.naive_rolled_back})
    *share /= repetitions;
  return sum;
}

}  // namespace fulcrum::release
