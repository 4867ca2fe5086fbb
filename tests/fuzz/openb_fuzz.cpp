// sched/trace/openb.h: a node list and a pod list, parted by a line "---".
#include <cmath>
#include <string>

#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"
#include "sched/trace/openb.h"

namespace {

using namespace fulcrum;

void check(const sched::OpenbNodes& list) {
  fuzz::must(list.nodes.size() == list.names.size(), "every node has a name");
  for (const auto& node : list.nodes) {
    fuzz::must(node.gpus <= sched::kMaxDevices, "devices of a node are bounded");
    fuzz::must(node.cpu_milli >= 0 && node.memory_bytes >= 0, "amounts are not negative");
  }
}

void check(const sched::OpenbPods& list) {
  for (const auto& pod : list.pods) {
    fuzz::must(pod.shape.cpu_milli >= 0 && pod.shape.memory_bytes >= 0, "amounts are not negative");
    fuzz::must(pod.shape.gpus == 0 || (pod.shape.gpu_milli > 0 && pod.shape.gpu_milli <= 1000),
               "a share is one of a device");
    fuzz::must(std::isfinite(pod.creation_s) && std::isfinite(pod.deletion_s), "times are finite");
  }
}

}  // namespace

FUZZ(openb) {
  const auto cut = input.find("---\n");
  const fuzz::MemoryFile nodes(input.substr(0, cut));
  const fuzz::MemoryFile pods(cut == std::string_view::npos ? input : input.substr(cut + 4));
  for (const bool lenient : {false, true}) {
    const auto node_list = sched::read_openb_nodes(nodes.path(), lenient);
    if (node_list) check(*node_list);
    const auto pod_list = sched::read_openb_pods(
        pods.path(), node_list ? node_list->models : std::vector<std::string>{}, lenient);
    if (pod_list) check(*pod_list);
  }
}
