// Place decisions a second: tasks arrive one by one on an openb-like cluster until 130 % of its
// devices are asked for. One JSON line a figure; FGD also against a look at every node.
//   packing_bench [copies of the 1,213 nodes]…
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "sched/stages/stages.h"
#include "sched/twin/packing.h"

namespace {

using namespace fulcrum::sched;

struct Machines {
  int count;
  std::int64_t cores, memory_gib;
  std::uint16_t gpus, model;
};
/// The kinds of nodes of openb_node_list_gpu_node.csv.
constexpr Machines kMachines[] = {{549, 96, 384, 8, 0}, {404, 104, 512, 2, 1}, {107, 16, 120, 2, 2},
                                  {39, 128, 768, 8, 3}, {28, 32, 128, 4, 4},   {22, 64, 256, 2, 2},
                                  {21, 96, 768, 8, 5},  {19, 8, 32, 1, 4},     {24, 48, 368, 4, 5}};
struct Tasks {
  int count;
  std::int64_t cpu_milli, memory_mib;
  std::uint32_t gpus, gpu_milli;
};
/// The most frequent requests of openb_pod_list_default.csv, and its large ones.
constexpr Tasks kTasks[] = {
    {1047, 3152, 5600, 1, 810},   {857, 11300, 49152, 1, 1000}, {534, 11400, 48128, 1, 1000},
    {470, 3152, 5600, 1, 1000},   {388, 11908, 47104, 1, 470},  {364, 12500, 57344, 0, 0},
    {360, 8000, 30517, 1, 470},   {284, 32000, 49152, 0, 0},    {255, 18708, 64512, 1, 1000},
    {237, 11908, 47104, 1, 650},  {195, 9810, 41560, 1, 1000},  {163, 8000, 30517, 0, 0},
    {158, 15700, 58368, 1, 1000}, {158, 12000, 24576, 1, 1000}, {111, 4000, 22888, 1, 320},
    {44, 88000, 327680, 8, 1000}, {16, 16000, 65536, 2, 1000},  {15, 32000, 131072, 4, 1000}};
constexpr std::int64_t kMib = std::int64_t{1} << 20;

Cluster cluster_of(int copies) {
  Cluster cluster;
  const int most = kMachines[0].count * copies;
  for (int i = 0; i < most; ++i)  // the kinds take turns: ties go to the first node
    for (const Machines& kind : kMachines) {
      if (i >= kind.count * copies) continue;
      NodeSpec node;
      node.cpu_milli = kind.cores * 1000;
      node.memory_bytes = kind.memory_gib * 1024 * kMib;
      node.gpus = kind.gpus;
      node.model = kind.model;
      cluster.add_node(node);
    }
  return cluster;
}

std::vector<ShapeIndex> tasks_for(Cluster& cluster) {
  std::vector<ShapeIndex> tasks;
  for (const Tasks& kind : kTasks) {
    Shape shape;
    shape.cpu_milli = kind.cpu_milli;
    shape.memory_bytes = kind.memory_mib * kMib;
    shape.gpus = kind.gpus;
    if (kind.gpus > 0) shape.gpu_milli = kind.gpu_milli;
    tasks.insert(tasks.end(), static_cast<std::size_t>(kind.count), cluster.shape(shape));
  }
  return tasks;
}

template <class Work>
double seconds(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Every decision looks at every node; the first `most` arrivals only.
std::uint64_t look_at_every_node(Cluster& cluster, const std::vector<ShapeIndex>& order,
                                 const std::vector<TypicalShape>& typical, const PlaceStage& stage,
                                 std::size_t most) {
  const auto tables = stage.prepare ? stage.prepare(cluster, typical) : nullptr;
  const PlaceContext context{cluster, tables.get(), 0, 0};
  const std::size_t count = std::min(most, order.size());
  for (std::size_t i = 0; i < count; ++i) {
    Choice best;
    Held held{kNoNode, order[i], 0};
    for (NodeIndex node = 0; node < cluster.size(); ++node) {
      const Choice choice = stage.choose(context, node, order[i]);
      if (!choice.fits || (best.fits && choice.rank <= best.rank)) continue;
      best = choice;
      held.node = node;
    }
    held.devices = best.devices;
    if (best.fits) cluster.take(held);
  }
  return count;
}

void measure(const PlaceStage& stage, int copies, bool with_reference) {
  Cluster cluster = cluster_of(copies);
  const auto tasks = tasks_for(cluster);
  const auto typical = typical_shapes(cluster, tasks);
  const PackingOptions options{&stage, 1.3, 42};
  const auto order = arrivals(cluster, tasks, options);
  Cluster again = cluster;
  PackingRun run;
  const double took_s = seconds([&] { run = pack(cluster, order, typical, options); });
  const double per_s = static_cast<double>(run.decisions) / took_s;
  std::string reference;
  if (with_reference) {
    std::uint64_t count = 0;
    const double slow_s =
        seconds([&] { count = look_at_every_node(again, order, typical, stage, order.size()); });
    const double slow_per_s = static_cast<double>(count) / slow_s;
    reference = fmt::format(",\"every_node_decisions_per_s\":{:.0f},\"ratio\":{:.1f}", slow_per_s,
                            per_s / slow_per_s);
  }
  fmt::print(
      "{{\"bench\":\"packing.{}\",\"nodes\":{},\"decisions\":{},\"decisions_per_s\":{:.0f},"
      "\"allocated\":{:.4f}{}}}\n",
      stage.name, again.size(), run.decisions, per_s,
      static_cast<double>(run.allocated_gpu_milli.back()) / static_cast<double>(again.gpu_milli()),
      reference);
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  for (const PlaceStage* stage : place_stages())
    measure(*stage, 1, stage->name == std::string_view("fgd"));
  std::vector<int> copies;
  for (int i = 1; i < count; ++i) copies.push_back(std::atoi(arguments[i]));
  if (copies.empty()) copies = {8, 80};
  for (const int times : copies) measure(*find_place_stage("fgd"), times, false);
  return 0;
}
