#include "sched/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/codec.h"
#include "sched/policies.h"

namespace fulcrum::sched {

namespace {

namespace json = base::json;

struct CompareNode {
  std::string name;
  std::uint32_t gpus = 0;
  std::string gpu_model = "gpu";
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  double price_usd_per_hour = 0;
  static constexpr std::string_view kRequired[] = {"name", "gpus"};
};
BOOST_DESCRIBE_STRUCT(CompareNode, (),
                      (name, gpus, gpu_model, cpu_milli, memory_bytes, price_usd_per_hour))

struct CompareJob {
  std::string name;
  std::string job_class = "batch";
  std::string owner = "nobody";
  double priority = 1;
  std::uint32_t gpus = 1;
  std::int64_t gpu_milli = kWholeMilli;
  std::string gpu_model;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  double duration_s = 0;
  double predicted_s = 0;
  double submit_s = 0;
  static constexpr std::string_view kRequired[] = {"name", "duration_s"};
};
BOOST_DESCRIBE_STRUCT(CompareJob, (),
                      (name, job_class, owner, priority, gpus, gpu_milli, gpu_model, cpu_milli,
                       memory_bytes, duration_s, predicted_s, submit_s))

struct CompareSettings {
  std::vector<CompareNode> nodes;
  std::vector<CompareJob> jobs;
  std::vector<std::string> policies{"fifo", "priority"};
  static constexpr std::string_view kRequired[] = {"nodes", "jobs"};
};
BOOST_DESCRIBE_STRUCT(CompareSettings, (), (nodes, jobs, policies))

/// `class` is no name in C++.
json::value with_plain_names(json::value settings) {
  if (auto* object = settings.if_object())
    if (auto* jobs = object->if_contains("jobs"); jobs && jobs->is_array())
      for (auto& job : jobs->get_array())
        if (auto* fields = job.if_object(); fields && fields->contains("class")) {
          json::value value = fields->at("class");
          fields->erase("class");
          (*fields)["job_class"] = std::move(value);
        }
  return settings;
}

Node node_from(const CompareNode& given) {
  Node node;
  node.name = given.name;
  node.cpu_milli = given.cpu_milli;
  node.memory_bytes = given.memory_bytes;
  node.price_usd_per_hour = given.price_usd_per_hour;
  node.simulated = true;
  for (std::uint32_t i = 0; i < given.gpus; ++i) node.devices.push_back({i, given.gpu_model, 0});
  return node;
}

TwinJob job_from(const CompareJob& given) {
  TwinJob job;
  job.name = given.name;
  job.job_class = given.job_class;
  job.owner = given.owner;
  job.priority = given.priority;
  job.demand.gpus = given.gpus;
  job.demand.gpu_milli = given.gpu_milli;
  job.demand.gpu_model = given.gpu_model;
  job.demand.cpu_milli = given.cpu_milli;
  job.demand.memory_bytes = given.memory_bytes;
  job.duration_s = given.duration_s;
  job.predicted_s = given.predicted_s;
  job.submit_s = given.submit_s;
  return job;
}

base::Status check(const CompareSettings& settings) {
  for (std::size_t i = 0; i < settings.jobs.size(); ++i) {
    const CompareJob& job = settings.jobs[i];
    const std::string at = fmt::format("jobs[{}].", i);
    if (!(job.duration_s > 0))
      return base::usage("compare.duration", "a duration is above 0", at + "duration_s");
    if (!(job.priority > 0))
      return base::usage("compare.priority", "a priority is above 0", at + "priority");
    if (!(job.submit_s >= 0))
      return base::usage("compare.submit", "a time cannot be negative", at + "submit_s");
    if (job.gpu_milli <= 0 || job.gpu_milli > kWholeMilli || job.cpu_milli < 0 ||
        job.memory_bytes < 0)
      return base::usage("compare.amount", "an amount is out of range", at + "gpu_milli");
  }
  if (settings.policies.empty())
    return base::usage("compare.policies", "give at least one policy", "policies");
  return {};
}

struct Stages {
  std::string order, place;
};

/// "wspt" or "wspt+first_fit"; nullopt where a stage is unknown.
std::optional<Stages> split_policy(const std::string& policy) {
  const std::size_t plus = policy.find('+');
  Stages stages{policy.substr(0, plus),
                plus == std::string::npos ? "best_fit" : policy.substr(plus + 1)};
  if (find_order(stages.order) == nullptr || find_place(stages.place) == nullptr)
    return std::nullopt;
  return stages;
}

std::string summary_of(const TwinRun& first, const TwinRun& best) {
  if (&first == &best)
    return fmt::format("{}: weighted completion {:.0f} device-seconds, none of the others is lower",
                       first.policy, first.weighted_completion);
  return fmt::format(
      "{} lowers the priority-weighted wait from {:.0f} s to {:.0f} s and the weighted completion "
      "by "
      "{:.1f} % against {}",
      best.policy, first.priority_weighted_wait_s, best.priority_weighted_wait_s,
      100 * (1 - best.weighted_completion / first.weighted_completion), first.policy);
}

}  // namespace

base::Result<PolicyComparison> compare_policies(const std::vector<Node>& nodes,
                                                const std::vector<TwinJob>& jobs,
                                                const std::vector<std::string>& policies) {
  PolicyComparison comparison;
  comparison.nodes = static_cast<std::uint32_t>(nodes.size());
  for (const auto& node : nodes) {
    comparison.devices += static_cast<double>(node.devices.size());
    comparison.price_usd_per_hour += node.price_usd_per_hour;
  }
  for (const auto& policy : policies) {
    const auto stages = split_policy(policy);
    if (!stages)
      return base::usage("policy.unknown", fmt::format("no policy is called {}", policy),
                         "policies", "`fulcrum policy list` shows them");
    comparison.runs.push_back(run_twin(nodes, jobs, stages->order, stages->place));
  }
  if (comparison.runs.empty()) return comparison;
  const auto best = std::min_element(comparison.runs.begin(), comparison.runs.end(),
                                     [](const TwinRun& a, const TwinRun& b) {
                                       return a.weighted_completion < b.weighted_completion;
                                     });
  comparison.best_policy = best->policy;
  comparison.summary = summary_of(comparison.runs.front(), *best);
  return comparison;
}

base::Status check_compare(const json::value& settings) {
  auto given = base::decode<CompareSettings>(with_plain_names(settings));
  if (!given) {
    base::Error error = given.error();
    if (const auto at = error.field.rfind(".job_class"); at != std::string::npos)
      error.field.replace(at, std::string::npos, ".class");  // as the plan writes it
    return base::Failure(std::move(error));
  }
  CHECK_OK(check(*given));
  for (std::size_t i = 0; i < given->policies.size(); ++i) {
    if (!split_policy(given->policies[i])) {
      std::vector<std::string_view> orders;
      for (const auto& known : policy_list())
        if (known.stage == "order") orders.push_back(known.name);
      const std::string near = base::nearest(given->policies[i], orders);
      return base::usage("policy.unknown",
                         fmt::format("no policy is called {}", given->policies[i]),
                         fmt::format("policies[{}]", i),
                         near.empty() ? fmt::format("use some of: {}", fmt::join(orders, ", "))
                                      : fmt::format("did you mean {}?", near));
    }
  }
  return {};
}

base::Result<json::object> compare_from(const json::value& settings) {
  TRY(const auto given, base::decode<CompareSettings>(with_plain_names(settings), "settings"));
  CHECK_OK(check(given));
  std::vector<Node> nodes;
  std::vector<TwinJob> jobs;
  for (const auto& node : given.nodes) nodes.push_back(node_from(node));
  for (const auto& job : given.jobs) jobs.push_back(job_from(job));
  TRY(const auto comparison, compare_policies(nodes, jobs, given.policies));
  return base::encode(comparison).get_object();
}

}  // namespace fulcrum::sched
