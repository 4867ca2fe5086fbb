#include "sched/defrag.h"

#include <fmt/format.h>

#include <cmath>

#include "base/codec.h"
#include "sched/core/defragment.h"
#include "sched/decide.h"
#include "sched/mirror.h"

namespace fulcrum::sched {

namespace json = base::json;
using ledger::Context;
using ledger::NewEvents;

namespace {

constexpr std::uint32_t kMostMoves = 64;

double ran_s(const OpenJob& job, std::int64_t now_us) {
  return seconds(std::max<std::int64_t>(0, now_us - job.started_us));
}

bool may_move(const OpenJob& job, std::int64_t now_us) {
  const JobSpec& spec = job.spec;
  return job.phase == JobPhase::kRunning && spec.preemptible && spec.may_move &&
         spec.checkpoint_every_s > 0 && !job.preempt_requested && !job.cancel_requested &&
         ran_s(job, now_us) >= spec.min_run_s;
}

double lost_device_s(const OpenJob& job, std::int64_t now_us) {
  return std::fmod(ran_s(job, now_us), job.spec.checkpoint_every_s) *
         static_cast<double>(job.device_milli) / kWholeMilli;
}

std::vector<std::string> names_of(const MirrorSide& side, const std::vector<Held>& held) {
  std::vector<std::string> names;
  for (const Held& one : held) names.push_back(side.node_name(one.node));
  return names;
}

/// Asks the brain of the side, which is not used for anything else afterwards.
void try_it(MirrorSide& side, const ClusterView& view, const std::vector<Move>& moves,
            JobIndex wanted, DefragAnswer& answer) {
  Brain& brain = side.brain();
  const double now_s = seconds(view.now_us);
  for (const Move& move : moves) brain.stop(move.job, now_s, 0);
  const auto& started = brain.pass(now_s);
  answer.would_start = std::find(started.begin(), started.end(), wanted) != started.end();
  if (!answer.would_start && brain.head() != kNoJob && brain.head() != wanted)
    answer.ahead = side.id(brain.head());
}

base::Result<const OpenJob*> waiting_job(const State& state, const std::string& id) {
  const auto found = state.jobs.find(id.starts_with("job/") ? id.substr(4) : id);
  if (found == state.jobs.end() || found->second.phase != JobPhase::kQueued)
    return base::conflict("defrag.not_waiting",
                          fmt::format("job {} does not wait in the queue", id),
                          "`fulcrum queue show` lists those that do");
  return &found->second;
}

base::Status check_moves(std::uint32_t most_moves) {
  if (most_moves >= 1 && most_moves <= kMostMoves) return {};
  return base::usage("defrag.moves", fmt::format("moves are from 1 to {}", kMostMoves),
                     "most_moves");
}

}  // namespace

DefragAnswer defrag_plan(const ClusterView& view, const OpenJob& job, std::uint32_t most_moves) {
  const bool simulated = job.spec.simulated;
  MirrorSide side(view, simulated, policy_of(view));
  const JobIndex wanted = side.index(job.id);
  std::vector<Movable> movable;
  for (const auto& [id, other] : view.jobs)
    if (other.spec.simulated == simulated && may_move(other, view.now_us)) {
      const JobIndex index = side.index(id);
      movable.push_back({index, side.brain().held(index),
                         other.spec.priority * (1 + lost_device_s(other, view.now_us))});
    }
  DefragAnswer answer{.job = job.id, .answer = "none", .moves = {}, .nodes = {}, .ahead = {}};
  Cluster cluster = side.brain().cluster();
  const auto plan = make_room(cluster, std::move(movable), side.brain().job(wanted), most_moves);
  if (!plan) return answer;
  answer.answer = plan->moves.empty() ? "fits" : "moves";
  answer.nodes = names_of(side, plan->room);
  for (const Move& move : plan->moves) {
    const OpenJob& moved = view.jobs.at(side.id(move.job));
    answer.moves.push_back({moved.id, names_of(side, side.brain().held(move.job)),
                            names_of(side, move.to), lost_device_s(moved, view.now_us)});
    answer.lost_device_s += answer.moves.back().lost_device_s;
  }
  try_it(side, view, plan->moves, wanted, answer);
  return answer;
}

base::Result<json::value> answer(const State& state, const PlanDefrag& query,
                                 const ledger::TableReader&) {
  CHECK_OK(check_moves(query.most_moves));
  TRY(const OpenJob* job, waiting_job(state, query.job));
  return base::encode(defrag_plan(view_of(state, state.last_us), *job, query.most_moves));
}

base::Result<NewEvents> decide(const State& state, const Defragment& command,
                               const Context& context) {
  CHECK_OK(check_moves(command.most_moves));
  TRY(const OpenJob* job, waiting_job(state, command.job));
  const DefragAnswer plan = defrag_plan(view_of(state, context.now_us), *job, command.most_moves);
  if (plan.answer == "none")
    return base::conflict(
        "defrag.no_way",
        fmt::format("no {} moves make room for job {}", command.most_moves, job->id),
        "allow more moves; jobs move when they are preemptible, take checkpoints "
        "and may_move");
  if (!plan.would_start)
    return base::conflict("defrag.not_next",
                          fmt::format("with the moves made, job {} would go first", plan.ahead),
                          "plan for that one, or raise this one's priority");
  NewEvents events;
  for (const DefragMove& move : plan.moves)
    events.push_back(event("job/" + move.job,
                           JobPreemptRequested{move.job, PreemptReason::kDefrag, job->id, 0}));
  return events;
}

}  // namespace fulcrum::sched
