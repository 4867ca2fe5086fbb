// A release from its start to its verdict.
#include <fmt/format.h>

#include "release/decide.h"
#include "release/paired.h"
#include "release/sequential.h"

namespace fulcrum::release {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

std::string stream_of(const std::string& release) {
  return "release/" + release;
}

/// The running release, or why there is none.
base::Result<const RunningRelease*> running(const State& state, const std::string& release) {
  const auto found = state.running.find(release);
  if (found != state.running.end()) return &found->second;
  const auto ended = state.ended.find(release);
  if (ended != state.ended.end())
    return base::conflict("release.ended",
                          fmt::format("release {} has ended: {}", release, ended->second));
  return base::not_found("release.unknown", "no such release: " + release);
}

bool is_same_start(const RunningRelease& release, const ReleaseStarted& started) {
  // The struct has no equality of its own; its event is its content.
  const ReleaseStarted before{started.release,       release.model,  release.candidate,
                              release.stable,        release.policy, release.simulated,
                              release.offline_replay};
  return event("", before).payload == event("", started).payload;
}

/// The version to compare with: the stable one or, for a first release, the one that is named.
base::Result<std::string> stable_for(const ModelState& model, const StartRelease& command) {
  if (model.stable.empty() && command.stable.empty())
    return base::refused("release.no_stable",
                         command.model + " has no stable version to compare with",
                         "name a version to compare with, or use release.baseline");
  if (model.stable.empty()) {
    if (command.stable == command.candidate)
      return base::refused("release.candidate", "a version cannot be compared with itself");
    if (!model.versions.contains(command.stable))
      return base::not_found("model.unknown",
                             fmt::format("{} has no version {}", command.model, command.stable));
    return command.stable;
  }
  if (!command.stable.empty() && command.stable != model.stable)
    return base::refused("release.stable",
                         fmt::format("the stable version of {} is {}, not {}", command.model,
                                     model.stable, command.stable));
  return model.stable;
}

base::Status may_be_candidate(const ModelState& model, const StartRelease& command) {
  const auto candidate = model.versions.find(command.candidate);
  if (candidate == model.versions.end())
    return base::not_found("model.unknown",
                           fmt::format("{} has no version {}", command.model, command.candidate),
                           "register it with model.register");
  if (candidate->second.stage == Stage::kStable)
    return base::refused("release.candidate",
                         fmt::format("{} is the stable version already", command.candidate));
  if (!model.running.empty())
    return base::conflict("release.running",
                          fmt::format("release {} of {} is running", model.running, command.model),
                          "wait for its verdict, or release.abort it");
  return {};
}

base::Status check_counts(const ArmCounts& counts, const ArmCounts& before, const char* arm) {
  const auto wrong = [&](const char* what) { return base::usage("release.counts", what, arm); };
  if (counts.successes > counts.samples) return wrong("more successes than samples");
  if (counts.samples + counts.errors > counts.requests)
    return wrong("more samples and errors than requests");
  if (counts.slow > counts.requests) return wrong("more slow answers than requests");
  if (counts.users > counts.samples) return wrong("more users than samples");
  const bool grew = counts.requests >= before.requests && counts.errors >= before.errors &&
                    counts.slow >= before.slow && counts.samples >= before.samples &&
                    counts.successes >= before.successes && counts.users >= before.users &&
                    counts.latency_total_us >= before.latency_total_us &&
                    counts.sum_nn >= before.sum_nn && counts.sum_ns >= before.sum_ns &&
                    counts.sum_ss >= before.sum_ss;
  if (grew && before.requests >= 0 && counts.requests >= 0) return {};
  return base::conflict("release.counts_shrank",
                        fmt::format("the counts of the {} are smaller than those recorded", arm),
                        "counts are cumulative: continue from release.show");
}

/// Pairs say of the same interactions what the arms' counts say.
base::Status check_pairs(const RunningRelease& release, const ObserveRelease& command) {
  if (release.observations > 0 && command.paired.has_value() != release.paired.has_value())
    return base::conflict("release.paired", "a release is paired from its first look or never",
                          "abort this release and start another");
  if (!command.paired) return {};
  if (!release.offline_replay)
    return base::refused("release.paired", "only an offline replay shows a user both versions",
                         "leave `paired` out");
  const PairedCounts& paired = *command.paired;
  const bool agrees =
      paired.pairs == command.stable.samples && paired.pairs == command.candidate.samples &&
      paired.wins - paired.losses == command.candidate.successes - command.stable.successes &&
      paired.wins >= 0 && paired.losses >= 0 && paired.users <= paired.pairs &&
      paired.wins <= command.candidate.successes && paired.losses <= command.stable.successes;
  if (agrees) return {};
  return base::usage("release.counts", "the pairs do not give the arms' counts", "paired");
}

Verdict verdict_of(const RunningRelease& release) {
  if (release.paired)
    return judge_paired(release.policy, release.stable_counts, release.candidate_counts,
                        *release.paired, release.elapsed_s);
  return judge(release.policy, release.stable_counts, release.candidate_counts, release.elapsed_s);
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const StartRelease& command, const Context&) {
  if (command.release.empty()) return base::usage("release.id", "a release needs an id", "release");
  CHECK_OK(check_policy(command.policy));
  const auto model = state.models.find(command.model);
  if (model == state.models.end())
    return base::not_found("model.unknown", "no such model: " + command.model,
                           "register it with model.register");
  TRY(const std::string stable, stable_for(model->second, command));
  const ReleaseStarted started{command.release, command.model,     command.candidate,     stable,
                               command.policy,  command.simulated, command.offline_replay};
  if (const auto found = state.running.find(command.release); found != state.running.end()) {
    if (is_same_start(found->second, started)) return NewEvents{};
    return base::conflict("release.exists",
                          fmt::format("release {} runs with other settings", command.release),
                          "choose a new release id");
  }
  if (state.ended.contains(command.release))
    return base::conflict(
        "release.ended",
        fmt::format("release {} has ended: {}", command.release, state.ended.at(command.release)),
        "choose a new release id");
  CHECK_OK(may_be_candidate(model->second, command));
  return NewEvents{event(stream_of(command.release), started)};
}

void evolve(State& state, const ReleaseStarted& started, const EventMeta&) {
  RunningRelease release;
  release.model = started.model;
  release.candidate = started.candidate;
  release.stable = started.stable;
  release.policy = started.policy;
  release.simulated = started.simulated;
  release.offline_replay = started.offline_replay;
  state.running[started.release] = std::move(release);
  ModelState& model = state.models[started.model];
  model.running = started.release;
  model.versions[started.candidate].stage = Stage::kCanary;
}

base::Result<NewEvents> decide(const State& state, const ObserveRelease& command, const Context&) {
  TRY(const RunningRelease* release, running(state, command.release));
  CHECK_OK(check_counts(command.stable, release->stable_counts, "stable"));
  CHECK_OK(check_counts(command.candidate, release->candidate_counts, "candidate"));
  CHECK_OK(check_pairs(*release, command));
  if (command.elapsed_s < release->elapsed_s)
    return base::conflict("release.counts_shrank", "less time has passed than was recorded");
  if (command.stable == release->stable_counts && command.candidate == release->candidate_counts &&
      command.chunks.empty() && command.elapsed_s == release->elapsed_s)
    return NewEvents{};
  return NewEvents{
      event(stream_of(command.release),
            ReleaseObserved{command.release, release->observations + 1, command.stable,
                            command.candidate, command.elapsed_s, command.chunks,
                            release->simulated, release->offline_replay, command.paired})};
}

void evolve(State& state, const ReleaseObserved& observed, const EventMeta&) {
  RunningRelease& release = state.running[observed.release];
  release.observations = observed.observation;
  release.stable_counts = observed.stable;
  release.candidate_counts = observed.candidate;
  release.elapsed_s = observed.elapsed_s;
  release.paired = observed.paired;
}

base::Result<NewEvents> decide(const State& state, const DecideRelease& command, const Context&) {
  TRY(const RunningRelease* release, running(state, command.release));
  const bool is_new = release->judged != release->observations || release->judged == 0;
  if (!is_new && !command.no_more_data) return NewEvents{};
  Verdict verdict = verdict_of(*release);
  if (command.no_more_data && !verdict.is_final) {
    verdict.is_final = true;
    verdict.reason = Reason::kTrafficEnded;
  }
  const std::string stream = stream_of(command.release);
  switch (verdict.outcome) {
    case Outcome::kPromote:
      return NewEvents{
          event(stream, ReleasePromoted{command.release, release->model, release->candidate,
                                        release->stable, verdict.reason, verdict.evidence,
                                        release->simulated, release->offline_replay})};
    case Outcome::kRollBack:
      return NewEvents{
          event(stream, ReleaseRolledBack{command.release, release->model, release->candidate,
                                          release->stable, verdict.reason, "", verdict.evidence,
                                          release->simulated, release->offline_replay})};
    case Outcome::kNeedMoreData:
      break;
  }
  return NewEvents{
      event(stream, MoreDataNeeded{command.release, release->model, release->candidate,
                                   release->stable, verdict.reason, verdict.is_final,
                                   verdict.evidence, release->simulated, release->offline_replay})};
}

namespace {

void end(State& state, const std::string& release, const std::string& model, const char* how) {
  state.models[model].running.clear();
  state.running.erase(release);
  state.ended[release] = how;
}

}  // namespace

void evolve(State& state, const ReleasePromoted& promoted, const EventMeta&) {
  ModelState& model = state.models[promoted.model];
  model.versions[promoted.stable].stage = Stage::kRetired;
  model.versions[promoted.candidate].stage = Stage::kStable;
  model.stable = promoted.candidate;
  end(state, promoted.release, promoted.model, "promoted");
}

void evolve(State& state, const ReleaseRolledBack& rolled_back, const EventMeta&) {
  ModelState& model = state.models[rolled_back.model];
  model.versions[rolled_back.candidate].stage = Stage::kRolledBack;
  // A first release: the version that was compared with has won, unless nobody measured.
  if (model.stable.empty() && rolled_back.reason != Reason::kStoppedByHand) {
    model.stable = rolled_back.stable;
    model.versions[rolled_back.stable].stage = Stage::kStable;
  }
  end(state, rolled_back.release, rolled_back.model, "rolled_back");
}

void evolve(State& state, const MoreDataNeeded& needed, const EventMeta&) {
  if (!needed.is_final) {
    RunningRelease& release = state.running[needed.release];
    release.judged = release.observations;
    return;
  }
  state.models[needed.model].versions[needed.candidate].stage = Stage::kCandidate;
  end(state, needed.release, needed.model, "undecided");
}

base::Result<NewEvents> decide(const State& state, const AbortRelease& command, const Context&) {
  if (command.because.empty())
    return base::usage("release.because", "say why it is stopped", "because");
  TRY(const RunningRelease* release, running(state, command.release));
  const Verdict verdict = verdict_of(*release);
  return NewEvents{
      event(stream_of(command.release),
            ReleaseRolledBack{command.release, release->model, release->candidate, release->stable,
                              Reason::kStoppedByHand, command.because, verdict.evidence,
                              release->simulated, release->offline_replay})};
}

}  // namespace fulcrum::release
