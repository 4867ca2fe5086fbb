#pragma once
// What nodes have and what jobs ask for. A resource amount is a whole number of thousandths
// (`_milli`) or bytes, so that sums are exact.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "sched/core/cluster.h"

namespace fulcrum::sched {

inline constexpr std::int64_t kWholeMilli = 1000;

/// What a node's devices are, all of them. Where a machine has none its cores stand in: a device is
/// then a core. The account is cpu_milli; a whole one is also named, so that the job can be pinned
/// to it, a share is not.
enum class DeviceKind { kGpu, kCore, kTpu, kOther };
BOOST_DESCRIBE_ENUM(DeviceKind, kGpu, kCore, kTpu, kOther)

/// A job's demand; all of it is met on one node, or the job waits.
struct Demand {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  std::uint32_t gpus = 0;                      // devices
  std::int64_t gpu_milli = kWholeMilli;        // of each of them: 500 shares a device
  std::string gpu_model;                       // "P100" or "P100|V100"; empty: any
  std::map<std::string, std::int64_t> custom;  // licences, network ports… by name
  DeviceKind device_kind = DeviceKind::kGpu;   // kGpu: cores may stand in; others: that kind alone
  bool operator==(const Demand&) const = default;
};
BOOST_DESCRIBE_STRUCT(Demand, (),
                      (cpu_milli, memory_bytes, gpus, gpu_milli, gpu_model, custom, device_kind))

struct Device {
  std::uint32_t index = 0;
  std::string model;
  std::int64_t memory_bytes = 0;
  std::int32_t numa = -1;    // memory node of the machine; -1: not known
  std::int32_t island = -1;  // devices of one number are linked directly (NVLink); -1: not known
  static constexpr std::string_view kRequired[] = {"index"};
  bool operator==(const Device&) const = default;
};
BOOST_DESCRIBE_STRUCT(Device, (), (index, model, memory_bytes, numa, island))

/// What a node is; also the body of `node.add`.
struct Node {
  std::string name;
  DeviceKind device_kind = DeviceKind::kGpu;
  std::vector<Device> devices;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  std::map<std::string, std::int64_t> custom;
  double price_usd_per_hour = 0;  // of the whole node; its devices carry it in equal shares
  bool simulated = false;         // runs simulated jobs only, and they run nowhere else
  /// Nodes of one `rack` share a switch (place stage topology); others are for people and scripts.
  std::map<std::string, std::string> labels;
  std::vector<std::string> datasets;  // NAME@VERSION whose bytes lie here (place stage near_data)
  static constexpr std::string_view kRequired[] = {"name"};
  bool operator==(const Node&) const = default;
};
BOOST_DESCRIBE_STRUCT(Node, (),
                      (name, device_kind, devices, cpu_milli, memory_bytes, custom,
                       price_usd_per_hour, simulated, labels, datasets))

/// Devices of a node, at most; cores are not counted.
inline constexpr std::size_t kMostDevices = 16;

enum class Availability { kUp, kDraining, kDown };
BOOST_DESCRIBE_ENUM(Availability, kUp, kDraining, kDown)

/// What one start takes from a node.
struct Taken {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  std::vector<std::uint32_t> devices;  // positions in Node::devices
  std::int64_t device_milli_each = 0;
  std::map<std::string, std::int64_t> custom;
};
BOOST_DESCRIBE_STRUCT(Taken, (), (cpu_milli, memory_bytes, devices, device_milli_each, custom))

/// A node and what is free on it now.
struct NodeState {
  Node node;
  Availability availability = Availability::kUp;
  std::int64_t free_cpu_milli = 0;
  std::int64_t free_memory_bytes = 0;
  std::vector<std::int64_t> free_device_milli;  // by position in Node::devices
  std::map<std::string, std::int64_t> free_custom;
  std::uint32_t running = 0;  // starts that hold something here
};
BOOST_DESCRIBE_STRUCT(NodeState, (),
                      (node, availability, free_cpu_milli, free_memory_bytes, free_device_milli,
                       free_custom, running))

/// An empty node.
NodeState empty_node(Node node);
/// The demand as this node counts it: on a node of cores, devices are cores.
Demand on_node(const Demand& demand, const Node& node);
/// Is `model` allowed by a demand's "A|B" list?
bool model_allowed(const std::string& allowed, const std::string& model);

/// Feasibility, and nothing else: could it run here now, or if the node were empty?
bool fits_now(const NodeState& node, const Demand& demand);
bool fits_ever(const Node& node, const Demand& demand);
/// Are these the devices that the demand asks for? A demand without devices does not mind.
bool kind_allowed(const Demand& demand, DeviceKind kind);
/// As the core calls it.
DeviceClass class_of(DeviceKind kind);
/// "tpu", as in JSON.
std::string name_of(DeviceKind kind);
/// Does a node with these devices serve such a demand, by their kind and models? Where models are
/// mixed, all must be allowed.
bool models_allowed(const Demand& demand, const Node& node);
/// How many tasks of this demand the node holds when it is empty; `most` at most.
std::uint32_t room_if_empty(const Node& node, const Demand& demand, std::uint32_t most);
/// The devices that a job gets here: for a share the fullest device that still fits, else the first
/// free ones; on a node of cores the first free ones for whole ones, none for shares. Requires
/// fits_now.
Taken choose(const NodeState& node, const Demand& demand);

/// All or nothing: takes it, or says what is missing (`node.taken`) and changes nothing.
base::Status take(NodeState& node, const Taken& taken);
void give_back(NodeState& node, const Taken& taken);

/// Device-thousandths that a start counts for in utilization and money: devices where there are
/// GPUs, CPU where cores stand in.
std::int64_t device_milli(const Node& node, const Taken& taken);
/// Share of the node's price, USD an hour.
double price_usd_per_hour(const Node& node, const Taken& taken);

}  // namespace fulcrum::sched
