#include "sched/core/brain.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::sched {

namespace {

/// How much longer a job is given each time that it outlives its prediction (Tsafrir, Etsion,
/// Feitelson 2007, section 3.2), in seconds.
constexpr double kCorrectionsS[] = {60,    300,   900,   1800,   3600,  7200,
                                    18000, 36000, 72000, 180000, 360000};

}  // namespace

Brain::Brain(Cluster& cluster, BrainOptions options)
    : cluster_(cluster),
      options_(std::move(options)),
      placer_(cluster, *options_.policy.place, options_.typical, options_.seed),
      queue_(*options_.policy.order),
      log_seen_(cluster.log_end()) {
  if (options_.policy.looks_ahead()) outlook_ = std::make_unique<Outlook>(cluster, held_);
}

JobIndex Brain::admit(const Job& job) {
  const auto index = static_cast<JobIndex>(jobs_.size());
  jobs_.push_back(job);
  if (job.arrival == kArrivesNow) jobs_.back().arrival = index;
  held_.emplace_back();
  start_s_.push_back(0);
  predicted_end_s_.push_back(0);
  corrections_.push_back(0);
  leaving_.push_back(0);
  group(job.group).quota = job.quota;
  return index;
}

JobIndex Brain::submit(const Job& job) {
  const JobIndex index = admit(job);
  wait(index);
  return index;
}

void Brain::wait(JobIndex job) {
  queue_.add(job, jobs_[job], jobs_[job].arrival);
  new_jobs_.push_back(job);
}

void Brain::withdraw(JobIndex job) {
  queue_.remove(job, jobs_[job], jobs_[job].arrival);
  settled_ = false;
}

void Brain::end(JobIndex job, double now_s) {
  look_outside();
  release(job, now_s);
  log_seen_ = cluster_.log_end();
}

void Brain::stop(JobIndex job, double now_s, double kept_s) {
  look_outside();
  const double ran_s = now_s - start_s_[job];
  release(job, now_s);
  note_stop(jobs_[job], ran_s, kept_s);
  wait(job);
  log_seen_ = cluster_.log_end();
}

void Brain::note_stop(Job& job, double ran_s, double kept_s) {
  ++job.preemptions;
  job.attained_device_s += ran_s * job.devices;
  if (job.predicted_s > 0) job.predicted_s = std::max(1.0, job.predicted_s - kept_s);
}

void Brain::release(JobIndex job, double now_s) {
  for (const Held& held : held_[job]) cluster_.give_back(held);
  if (outlook_) outlook_->ended(job, predicted_end_s_[job], now_s);
  count_held(job, -1);
  held_[job].clear();
  charge(jobs_[job], now_s, -1);
  quotas_.give_back(jobs_[job]);
  leaving_[job] = 0;
  --running_;
  settled_ = false;
}

void Brain::set_quotas(QuotaTree quotas) {
  quotas_ = std::move(quotas);
  for (JobIndex job = 0; job < jobs_.size(); ++job)
    if (!held_[job].empty()) quotas_.take(jobs_[job]);
  turns_at_s_ = -1;
  settled_ = false;
}

void Brain::set_windows(std::vector<Window> windows) {
  windows_.set(std::move(windows));
  if (outlook_) outlook_->nodes_changed();  // what was closed for them opens
  settled_ = false;
}

Rank Brain::rank_of(const Queue::Bucket& bucket, double now_s) const {
  Rank rank;
  if (!quotas_.empty()) rank.borrows = quotas_.borrows(jobs_[bucket.first().job]);
  if (!queue_.takes_turns()) return rank;
  if (quotas_.empty()) {
    rank.turn = queue_.order().group_key(groups_[bucket.group], now_s);
    return rank;
  }
  if (turns_at_s_ != now_s) {
    turns_ = quotas_.turns(groups_, cluster_.capacity(), queue_.order().group_key, now_s);
    turns_at_s_ = now_s;
  }
  rank.turn = turns_[bucket.group];
  return rank;
}

void Brain::look_outside() {
  if (log_seen_ == cluster_.log_end()) return;
  settled_ = false;
  if (outlook_) outlook_->nodes_changed();
  log_seen_ = cluster_.log_end();
}

void Brain::correct_predictions(double now_s) {
  while (!outlook_->ends().empty() && outlook_->ends().begin()->first <= now_s) {
    const auto [old_s, job] = *outlook_->ends().begin();
    std::uint8_t& times = corrections_[job];
    double new_s = old_s + kCorrectionsS[times];  // whenever it is looked at
    if (times + 1U < std::size(kCorrectionsS)) ++times;
    const double limit_s = start_s_[job] + jobs_[job].limit_s;
    if (jobs_[job].limit_s > 0 && limit_s > old_s) new_s = std::min(new_s, limit_s);
    outlook_->end_moved(job, old_s, new_s);
    predicted_end_s_[job] = new_s;
    settled_ = false;
  }
}

GroupUse& Brain::group(std::uint32_t index) {
  if (groups_.size() <= index) groups_.resize(index + 1);
  turns_at_s_ = -1;
  return groups_[index];
}

/// Brings the group's decayed use up to now, then changes what it holds.
void Brain::charge(const Job& job, double now_s, double sign) {
  GroupUse& use = group(job.group);
  if (now_s > use.updated_s) {
    use.decayed_device_s = decayed_use_s(use, now_s);
    use.updated_s = now_s;
  }
  // Thousandths of devices are whole: sums must not drift, or groups that hold as much differ.
  use.held_devices = std::round((use.held_devices + sign * job.devices) * kWhole) / kWhole;
}

/// Whole numbers: what is counted twice, back and forth, is what it was.
void Brain::count_held(JobIndex job, std::int64_t sign) {
  GroupUse& use = group(jobs_[job].group);
  for (const Held& held : held_[job]) cluster_.count(held, sign, use.held);
  use.dominant_share = dominant_share(use.held, cluster_.capacity());
}

void Brain::start(JobIndex job, double now_s, std::vector<Held> held) {
  held_[job] = std::move(held);
  queue_.remove(job, jobs_[job], jobs_[job].arrival);
  note_running(job, now_s);
  charge(jobs_[job], now_s, 1);
  for (Promise& promise : promises_)
    if (predicted_end_s_[job] > promise.at_s || std::isinf(promise.at_s))
      promise.then.take(jobs_[job]);
  started_.push_back(job);
}

void Brain::note_running(JobIndex job, double start_s) {
  start_s_[job] = start_s;
  predicted_end_s_[job] = start_s + expected_duration_s(jobs_[job]);
  corrections_[job] = 0;
  if (outlook_) outlook_->started(job, predicted_end_s_[job]);
  quotas_.take(jobs_[job]);
  count_held(job, 1);
  ++running_;
}

bool Brain::fits_ever(const Job& job) const {
  return quotas_.admits_ever(job) && could_run(job, false);
}

/// Would there be room if nothing else ran?
bool Brain::could_run(const Job& job, bool up_only) const {
  std::uint64_t rest_room = 0, both = 0, room = 0;
  const Shape& shape = cluster_.shape_of(job.shape);
  for (NodeIndex node = 0; node < cluster_.size(); ++node) {
    if (up_only && !cluster_.spec(node).up) continue;
    const std::uint32_t here = room_if_empty(cluster_, node, shape);
    room += here;
    if (!job.has_rest) continue;
    const std::uint32_t rest = room_if_empty(cluster_, node, cluster_.shape_of(job.rest_shape));
    if (here == 0) rest_room += rest;
    both += here > 0 && rest > 0 ? 1 : 0;
  }
  if (!job.has_rest) return room >= job.tasks;
  return room >= job.tasks && (rest_room > 0 || (both > 0 && room > job.tasks));
}

bool Brain::everywhere(const Job& job) {
  if (everywhere_.size() < cluster_.shapes()) everywhere_.resize(cluster_.shapes(), 0);
  char& known = everywhere_[job.shape];
  if (known == 0) {
    known = 1;
    for (NodeIndex node = 0; node < cluster_.size() && known == 1; ++node)
      if (!cluster_.fits_ever(node, cluster_.shape_of(job.shape))) known = 2;
  }
  return known == 1;
}

void Brain::close_nodes(const Job& job, std::vector<char>& closed) const {
  for (NodeIndex node = 0; node < cluster_.size(); ++node)
    if (cluster_.fits_ever(node, cluster_.shape_of(job.shape)) ||
        (job.has_rest && cluster_.fits_ever(node, cluster_.shape_of(job.rest_shape))))
      closed[node] = 1;
}

const std::vector<JobIndex>& Brain::pass(double now_s) {
  started_.clear();
  asked_.clear();
  asked_expected_.clear();
  promises_.clear();
  look_outside();
  if (windows_.forget_passed(now_s)) {
    settled_ = false;
    if (outlook_) outlook_->nodes_changed();  // what was closed for them opens
  }
  wake_s_ = windows_.next_edge_s(now_s);
  if (outlook_) correct_predictions(now_s);
  if (options_.policy.backfill == Backfill::kConservative)
    plan_all(now_s);
  else if (!options_.incremental || !look_at_new_jobs(now_s))
    look_at_all(now_s);
  if (options_.policy.preempt != nullptr) preempt_for_those_first(now_s);
  new_jobs_.clear();
  log_seen_ = cluster_.log_end();
  return started_;
}

/// Only jobs came since the last pass: whoever had to wait then has to wait now, too, and the
/// reservation stands. False: that does not suffice.
bool Brain::look_at_new_jobs(double now_s) {
  if (!settled_ || head_ == kNoJob || queue_.takes_turns()) return false;
  if (!quotas_.empty() || !windows_.empty()) return false;
  if (options_.policy.backfill == Backfill::kExact) return false;
  const QueueEntry head = queue_.entry(head_, jobs_[head_], jobs_[head_].arrival);
  std::vector<QueueEntry> entries;
  for (const JobIndex job : new_jobs_) {
    entries.push_back(queue_.entry(job, jobs_[job], jobs_[job].arrival));
    if (entries.back() < head) return false;
  }
  if (!backfills() || std::isinf(head_start_s_)) return everywhere(jobs_[head_]);
  std::sort(entries.begin(), entries.end());
  const auto head_bucket = queue_.bucket_of(jobs_[head_]);
  const bool others_wait = one_delays_;
  for (const QueueEntry& entry : entries) {
    if (queue_.bucket_of(jobs_[entry.job]) == head_bucket) continue;
    if (others_wait && would_start_behind_head(entry, now_s)) return false;
    if (!others_wait) try_behind_head(entry, now_s);
  }
  return true;
}

Queue::BucketIndex Brain::next_bucket(double now_s) const {
  if (quotas_.empty() && !queue_.takes_turns()) return queue_.next(blocked_);
  return queue_.next(blocked_, [&](const Queue::Bucket& bucket) { return rank_of(bucket, now_s); });
}

bool Brain::place(const Job& job, double now_s, std::vector<Held>& held) {
  if (windows_.empty()) return placer_.place(job, held);
  return placer_.place_outside(job, closed_to(job, now_s), held);
}

/// The nodes on which it would run into a window. Valid until the next call.
const std::vector<char>& Brain::closed_to(const Job& job, double now_s) {
  closed_.assign(cluster_.size(), 0);
  windows_.close(job, now_s, closed_);
  return closed_;
}

std::vector<QueueEntry> Brain::first_in_order(std::size_t most, double now_s) const {
  std::vector<std::pair<Rank, QueueEntry>> first;
  for (const auto index : queue_.filled()) {
    const auto& bucket = queue_.buckets()[index];
    const Rank rank = rank_of(bucket, now_s);
    std::size_t taken = 0;
    for (auto at = bucket.jobs.begin(); at != bucket.jobs.end() && taken < most; ++at, ++taken)
      first.emplace_back(rank, *at);
  }
  std::sort(first.begin(), first.end(), [](const auto& a, const auto& b) {
    return a.first == b.first ? a.second < b.second : a.first < b.first;
  });
  if (first.size() > most) first.resize(most);
  std::vector<QueueEntry> entries;
  for (const auto& [rank, entry] : first) entries.push_back(entry);
  return entries;
}

Brain::Try Brain::try_start(JobIndex job, double now_s) {
  std::vector<Held> held;
  if (!quotas_.admits(jobs_[job])) return Try::kQuota;
  if (!keeps_promises(jobs_[job], now_s)) return Try::kPromised;
  if (place(jobs_[job], now_s, held)) {
    start(job, now_s, std::move(held));
    return Try::kStarted;
  }
  if (windows_.empty() || !placer_.place(jobs_[job], held)) return Try::kNoRoom;
  for (const Held& taken : held) cluster_.give_back(taken);
  return Try::kWindow;
}

/// Order is strict: once a job must wait, nothing behind it takes a node on which it could run.
/// With backfilling, the head's start is protected instead; where that is not known, order is
/// strict. Whom only a window keeps waiting holds nobody up, and whom only a quota does only those
/// who would use up that quota.
void Brain::look_at_all(double now_s) {
  if (options_.policy.backfill == Backfill::kExact) start_the_best(now_s);
  head_ = claimant_ = kNoJob;
  head_start_s_ = INFINITY;
  one_delays_ = false;
  blocked_.assign(queue_.buckets().size(), 0);
  while (head_ == kNoJob) {
    const auto bucket = next_bucket(now_s);
    if (bucket == Queue::kNoBucket) break;
    const JobIndex job = queue_.buckets()[bucket].first().job;
    const Try outcome = try_start(job, now_s);
    if (outcome == Try::kStarted) continue;
    blocked_[bucket] = 1;
    if (outcome == Try::kNoRoom) head_ = job;
    if (outcome != Try::kQuota) continue;
    promise_when_quota_has_room(job);
    if (claimant_ == kNoJob && quotas_.is_guaranteed(jobs_[job])) claimant_ = job;
  }
  if (head_ == kNoJob) {
    if (!windows_.empty() || !promises_.empty()) fill_gaps(now_s);
    return;
  }
  settled_ = true;
  if (outlook_ && !windows_.empty()) outlook_->close(closed_to(jobs_[head_], now_s));
  const bool is_known = outlook_ && outlook_->aim(jobs_[head_]);
  if (is_known) head_start_s_ = std::max(now_s, outlook_->at_s());
  promise_to_head();
  if (is_known && backfills())
    backfill(now_s);
  else
    go_on_elsewhere(now_s);
}

/// How long a job may take to start where one of `expected_s` may not, since it ends before a
/// window or before somebody gets what was promised. 0: there is no such time.
double Brain::gap_below_s(double expected_s, double now_s) const {
  double gap_s = windows_.gap_below_s(expected_s, now_s);
  for (const Promise& promise : promises_)
    if (promise.at_s - now_s < expected_s) gap_s = std::max(gap_s, promise.at_s - now_s);
  return gap_s;
}

/// Of those whom a window or a promise keeps waiting, whoever is expected to end before it.
void Brain::fill_gaps(double now_s) {
  std::vector<double> most_s(queue_.buckets().size(), INFINITY);  // by bucket
  blocked_.assign(queue_.buckets().size(), 0);
  while (true) {
    const auto bucket = next_bucket(now_s);
    if (bucket == Queue::kNoBucket) return;
    const QueueEntry* next = std::isinf(most_s[bucket])
                                 ? &queue_.buckets()[bucket].first()
                                 : queue_.buckets()[bucket].first_within(most_s[bucket]);
    const double expected_s = next == nullptr ? 0 : next->expected_s;
    if (next != nullptr && try_start(next->job, now_s) == Try::kStarted) continue;
    most_s[bucket] = gap_below_s(expected_s, now_s);
    if (most_s[bucket] <= 0) blocked_[bucket] = 1;
  }
}

void Brain::go_on_elsewhere(double now_s) {
  if (everywhere(jobs_[head_])) return;
  std::vector<char> closed(cluster_.size(), 0);
  close_nodes(jobs_[head_], closed);
  std::vector<Held> held;
  while (std::find(closed.begin(), closed.end(), 0) != closed.end()) {
    const auto bucket = next_bucket(now_s);
    if (bucket == Queue::kNoBucket) return;
    const JobIndex job = queue_.buckets()[bucket].first().job;
    const bool is_admitted = quotas_.admits(jobs_[job]) && keeps_promises(jobs_[job], now_s);
    closed_ = closed;
    windows_.close(jobs_[job], now_s, closed_);
    if (is_admitted && placer_.place_outside(jobs_[job], closed_, held)) {
      start(job, now_s, std::move(held));
      held = {};
      continue;
    }
    blocked_[bucket] = 1;
    if (is_admitted) close_nodes(jobs_[job], closed);
  }
}

}  // namespace fulcrum::sched
