#pragma once
// The openb node and pod lists of Alibaba's cluster trace v2023 (github.com/alibaba/clusterdata,
// cluster-trace-gpu-v2023). Columns of nodes: sn,cpu_milli,memory_mib,gpu,model; of pods:
// name,cpu_milli,memory_mib,num_gpu,gpu_milli[,gpu_spec,qos,pod_phase,creation_time,deletion_time,
// scheduled_time]. A pod with num_gpu 1 and gpu_milli below 1000 shares a device.
#include <filesystem>
#include <string>
#include <vector>

#include "sched/core/stages.h"
#include "sched/trace/rows.h"

namespace fulcrum::sched {

struct OpenbNodes {
  std::vector<NodeSpec> nodes;
  std::vector<std::string> names;   // of nodes, distinct; ascending as read
  std::vector<std::string> models;  // by NodeSpec::model
  SkippedRows skipped;
};

struct OpenbPod {
  Shape shape;
  double creation_s = 0;
  double deletion_s = 0;  // 0: unknown
};

struct OpenbPods {
  std::vector<OpenbPod> pods;  // in the file's order
  SkippedRows skipped;
};

/// Both fail with read_rows' codes.
base::Result<OpenbNodes> read_openb_nodes(const std::filesystem::path& path, bool lenient);
/// Ties go to the first node. "name": as read, the smallest name; the published lists name alike
/// machines one after the other, so that ties then pick a kind of machine. "mixed": by a hash of
/// the name, so that they do not. Fails with `sim.node_order` for another name.
base::Status order_openb_nodes(OpenbNodes& list, std::string_view order);
/// `models`: of the nodes; a pod that allows only other models fits nowhere.
base::Result<OpenbPods> read_openb_pods(const std::filesystem::path& path,
                                        const std::vector<std::string>& models, bool lenient);

}  // namespace fulcrum::sched
