#include "sched/mirror.h"

#include <algorithm>

#include "sched/policies.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched {

namespace {

constexpr std::uint16_t kManyModels = 62;  // nodes beyond that many kinds share a number
constexpr std::uint64_t kNoModel = std::uint64_t{1} << 63;

const std::map<std::string, OwnerUse>* use_of(const ClusterView& view, bool simulated) {
  return simulated ? view.simulated_use : view.use;
}

bool is_of_cores(const Node& node) {
  return node.device_kind == DeviceKind::kCore;
}

/// Directly linked, else of one memory node; else all of a node's devices are alike.
std::uint8_t island_of(const Device& device) {
  const std::int32_t island = device.island >= 0 ? device.island : device.numa;
  return static_cast<std::uint8_t>(std::clamp(island, 0, 255));
}

DeviceMask mask_of(const Taken& taken) {
  DeviceMask mask = 0;
  for (const auto position : taken.devices) mask |= DeviceMask{1} << position;
  return mask;
}

}  // namespace

Policy policy_of(const ClusterView& view) {
  const OrderStage* order = find_order(view.order_policy);
  const PlaceStage* place = find_place(view.place_policy);
  return {order != nullptr ? order : find_order("fifo"),
          place != nullptr ? place : find_place("tightest"),
          find_backfill(view.backfill).value_or(Backfill::kNone), find_preempt_stage(view.preempt)};
}

MirrorSide::MirrorSide(const ClusterView& view, bool simulated, const Policy& policy)
    : simulated_(simulated), spent_(spent_quotas(view, simulated)) {
  add_nodes(view);
  brain_ = std::make_unique<Brain>(cluster_, BrainOptions{.policy = policy, .typical = {}});
  add_quotas(view);
  add_windows(view);
  std::vector<const OpenJob*> open;
  for (const auto& [id, job] : view.jobs)
    if (job.spec.simulated == simulated_ &&
        (job.phase == JobPhase::kQueued || job.phase == JobPhase::kRunning))
      open.push_back(&job);
  std::sort(open.begin(), open.end(),
            [](const OpenJob* a, const OpenJob* b) { return a->order < b->order; });
  for (const OpenJob* job : open) sync(*job, jobs_[job->id], view);
  for (std::uint32_t group = 0; group < groups_.size(); ++group) set_group(group, view);
}

void MirrorSide::add_nodes(const ClusterView& view) {
  for (const auto& [name, state] : view.nodes)
    if (state.node.simulated == simulated_)
      for (const auto& [resource, amount] : state.node.custom)
        custom_index_.try_emplace(resource, custom_index_.size());
  for (const auto& [name, state] : view.nodes) {
    const Node& node = state.node;
    if (node.simulated != simulated_) continue;
    NodeSpec spec;
    spec.cpu_milli = node.cpu_milli;
    spec.memory_bytes = node.memory_bytes;
    spec.cores_stand_in = is_of_cores(node);
    if (!spec.cores_stand_in)
      spec.gpus = static_cast<std::uint16_t>(std::min(node.devices.size(), kMostDevices));
    spec.kind = class_of(node.device_kind);
    spec.model = model_of(node);
    for (std::size_t i = 0; i < spec.gpus; ++i) spec.island[i] = island_of(node.devices[i]);
    if (const auto rack = node.labels.find("rack"); rack != node.labels.end())
      spec.rack =
          rack_index_.try_emplace(rack->second, static_cast<std::uint16_t>(rack_index_.size() + 1))
              .first->second;
    for (const auto& dataset : node.datasets) {
      data_index_.try_emplace(dataset, data_index_.size());
      spec.data |= data_bits(dataset);
    }
    spec.up = state.availability == Availability::kUp;
    spec.price_usd_per_hour = node.price_usd_per_hour;
    spec.custom.assign(custom_index_.size(), 0);
    for (const auto& [resource, amount] : node.custom)
      spec.custom[custom_index_.at(resource)] = amount;
    node_index_[name] = cluster_.add_node(spec);
    node_names_.push_back(name);
  }
}

/// Datasets beyond the first 64 are nowhere near.
std::uint64_t MirrorSide::data_bits(const std::string& dataset) const {
  const auto known = data_index_.find(dataset);
  if (known == data_index_.end() || known->second >= 64) return 0;
  return std::uint64_t{1} << known->second;
}

std::uint16_t MirrorSide::model_of(const Node& node) {
  std::vector<std::string> models;
  for (const auto& device : node.devices) models.push_back(device.model);
  if (models.empty()) models.emplace_back("core");
  std::sort(models.begin(), models.end());
  models.erase(std::unique(models.begin(), models.end()), models.end());
  const auto found = std::find(models_.begin(), models_.end(), models);
  if (found != models_.end()) return static_cast<std::uint16_t>(found - models_.begin());
  if (models_.size() > kManyModels) {  // a demand for one of these must allow all of them
    models_.back().insert(models_.back().end(), models.begin(), models.end());
    return kManyModels;
  }
  models_.push_back(std::move(models));
  return static_cast<std::uint16_t>(models_.size() - 1);
}

Shape MirrorSide::shape_of(const Demand& demand) const {
  Shape shape;
  shape.cpu_milli = demand.cpu_milli;
  shape.memory_bytes = demand.memory_bytes;
  shape.gpus = demand.gpus;
  if (demand.gpus > 0) {
    shape.gpu_milli = static_cast<std::uint32_t>(demand.gpu_milli);
    shape.kind = class_of(demand.device_kind);
  }
  if (demand.gpus > 0 && !demand.gpu_model.empty()) {
    for (std::size_t i = 0; i < models_.size(); ++i)
      if (std::all_of(models_[i].begin(), models_[i].end(), [&](const std::string& model) {
            return model_allowed(demand.gpu_model, model);
          }))
        shape.models |= std::uint64_t{1} << i;
    if (shape.models == 0) shape.models = kNoModel;
  }
  for (const auto& [resource, amount] : demand.custom) {
    if (amount == 0) continue;
    const auto found = custom_index_.find(resource);
    // One that no node has stands behind all that some node has, and is never met.
    const std::size_t at = found == custom_index_.end() ? custom_index_.size() : found->second;
    if (shape.custom.size() <= at) shape.custom.resize(at + 1, 0);
    shape.custom[at] += amount;
  }
  return shape;
}

Job MirrorSide::job_of(const OpenJob& open, const ClusterView& view) {
  const JobSpec& spec = open.spec;
  Job job;
  if (view.quotas)
    if (const auto above = quotas_of(*view.quotas, spec); !above.empty())
      job.quota = quota_index_.at(above.front()->quota.quota);
  if (const auto kept = reserved_for_.find(spec.project); kept != reserved_for_.end())
    job.reservation = kept->second;
  Shape shape = shape_of(spec.resources);
  shape.data = data_bits(spec.dataset);
  job.shape = cluster_.shape(shape);
  job.tasks = std::max<std::uint32_t>(1, spec.tasks);
  job.preemptible = spec.preemptible;
  job.preemptions = open.preemptions;
  job.min_run_s = spec.min_run_s;
  job.checkpoint_every_s = spec.checkpoint_every_s;
  job.attained_device_s = open.attained_device_s;
  job.group =
      group_of(use_key(job.quota == kNoQuota ? std::string() : quota_names_[job.quota], spec.owner),
               job.quota);
  job.priority = spec.priority;
  job.submit_s = seconds(open.submitted_us);
  job.predicted_s = left_s(open, spec.predicted_s);
  job.limit_s = spec.time_limit_s;
  job.deadline_s = seconds(spec.deadline_us);
  std::int64_t milli = std::int64_t{spec.resources.gpus} * spec.resources.gpu_milli;
  if (cluster_.gpu_milli() == 0) milli = std::max(milli, spec.resources.cpu_milli);
  job.devices = static_cast<double>(milli * job.tasks) / kWholeMilli;
  job.arrival = open.order;
  return job;
}

std::vector<Held> MirrorSide::held_by(const OpenJob& open, ShapeIndex shape) const {
  std::vector<Held> held;
  const auto add = [&](const std::string& name, const Taken& taken) {
    const auto node = node_index_.find(name);
    if (node == node_index_.end()) return;
    const bool cores = cluster_.spec(node->second).cores_stand_in;
    held.push_back({node->second, shape, cores ? 0 : mask_of(taken)});
  };
  add(open.node, open.taken);
  for (const auto& task : open.more) add(task.node, task.taken);
  return held;
}

std::uint32_t MirrorSide::group_of(const std::string& key, std::uint32_t quota) {
  const auto [at, is_new] =
      group_index_.try_emplace(key, static_cast<std::uint32_t>(groups_.size()));
  if (is_new) groups_.push_back({key, quota, 0});
  return at->second;
}

void MirrorSide::set_group(std::uint32_t group, const ClusterView& view) {
  GroupUse use;
  use.quota = groups_[group].quota;
  std::int64_t held_milli = groups_[group].held_milli;
  if (const auto* uses = use_of(view, simulated_)) {
    held_milli = 0;
    if (const auto found = uses->find(groups_[group].use_key); found != uses->end()) {
      held_milli = found->second.held_milli;
      use.decayed_device_s = found->second.decayed_device_s;
      use.updated_s = seconds(found->second.updated_us);
    }
  }
  use.held_devices = static_cast<double>(held_milli) / kWholeMilli;
  brain_->set_group(group, use);
}

/// It neither waits nor runs any more.
void MirrorSide::stop(Known& known, double now_s) {
  if (known.phase == JobPhase::kRunning) {
    brain_->end(known.index, now_s);
    groups_[brain_->job(known.index).group].held_milli -= known.held_milli;
  }
  if (known.phase == JobPhase::kQueued) brain_->withdraw(known.index);
  known.phase = JobPhase::kHeld;
}

/// Brings what the brain believes of one job to what the ledger says.
void MirrorSide::sync(const OpenJob& open, Known& known, const ClusterView& view) {
  const double now_s = seconds(view.now_us);
  const bool waits = open.phase == JobPhase::kBlocked || is_stopped_by_budget(open, view);
  const JobPhase phase = waits ? JobPhase::kHeld : open.phase;
  const bool same = known.phase == phase && known.attempt == open.attempt;
  if (known.index != kNoJob && same) {
    if (phase == JobPhase::kRunning && open.preempt_requested)
      brain_->is_leaving(known.index, seconds(open.preempt_requested_us));
    return;
  }
  stop(known, now_s);
  if (known.index == kNoJob) {
    known.index = brain_->admit(job_of(open, view));
    ids_.push_back(open.id);
  } else {
    brain_->restate(known.index, job_of(open, view));
  }
  if (phase == JobPhase::kQueued) brain_->wait(known.index);
  if (open.phase == JobPhase::kRunning) {
    const Job& job = brain_->job(known.index);
    known.held_milli = open.device_milli;
    groups_[job.group].held_milli += open.device_milli;
    brain_->run(known.index, held_by(open, job.shape), seconds(open.started_us));
    if (open.preempt_requested) brain_->is_leaving(known.index, seconds(open.preempt_requested_us));
  }
  known.phase = phase;
  known.attempt = open.attempt;
}

void MirrorSide::sync_job(const std::string& job, const ClusterView& view) {
  const auto open = view.jobs.find(job);
  const double now_s = seconds(view.now_us);
  if (open != view.jobs.end()) {
    if (open->second.spec.simulated != simulated_) return;
    Known& known = jobs_[job];
    const bool is_idle =
        open->second.phase != JobPhase::kQueued && open->second.phase != JobPhase::kRunning;
    if (known.index == kNoJob && is_idle) {
      jobs_.erase(job);
      return;
    }
    sync(open->second, known, view);
    return set_group(brain_->job(known.index).group, view);
  }
  const auto known = jobs_.find(job);
  if (known == jobs_.end()) return;
  const std::uint32_t group = brain_->job(known->second.index).group;
  stop(known->second, now_s);
  jobs_.erase(known);
  set_group(group, view);
}

void MirrorSide::sync_availability(const std::string& node, const ClusterView& view) {
  const auto known = node_index_.find(node);
  const auto state = view.nodes.find(node);
  if (known == node_index_.end() || state == view.nodes.end()) return;
  const bool up = state->second.availability == Availability::kUp;
  if (cluster_.spec(known->second).up != up) cluster_.set_up(known->second, up);
}

const std::vector<JobIndex>& MirrorSide::propose(const ClusterView& view) {
  return brain_->pass(seconds(view.now_us));
}

void MirrorSide::forget_proposal(const ClusterView& view) {
  const std::vector<JobIndex> started = brain_->undo_pass();
  for (const JobIndex job : started) set_group(brain_->job(job).group, view);
}

Mirror::Mirror(const ClusterView& view, const ChangeLog* changes)
    : order_(view.order_policy),
      place_(view.place_policy),
      backfill_(view.backfill),
      preempt_(view.preempt),
      log_id_(changes ? changes->id() : 0),
      seen_(changes ? changes->end() : 0),
      real_(view, false, policy_of(view)),
      simulated_(view, true, policy_of(view)) {}

bool Mirror::catch_up(const ClusterView& view, const ChangeLog& changes) {
  if (log_id_ != changes.id() || seen_ < changes.begin() || order_ != view.order_policy ||
      place_ != view.place_policy || backfill_ != view.backfill || preempt_ != view.preempt ||
      real_.is_worn() || simulated_.is_worn() || real_.budgets_changed(view) ||
      simulated_.budgets_changed(view))
    return false;
  for (std::uint64_t position = seen_; position < changes.end(); ++position)
    if (const ChangeOf of = changes.at(position).of;
        of != ChangeOf::kJob && of != ChangeOf::kAvailability)
      return false;
  for (; seen_ < changes.end(); ++seen_) {
    const Change& change = changes.at(seen_);
    for (MirrorSide* side : {&real_, &simulated_}) {
      if (change.of == ChangeOf::kJob)
        side->sync_job(change.name, view);
      else
        side->sync_availability(change.name, view);
    }
  }
  return true;
}

}  // namespace fulcrum::sched
