#pragma once
// Nodes as arrays: what scheduling reads millions of times a second. The live scheduler and the
// twin keep one each; strings stay outside.
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

namespace fulcrum::sched {

/// A node's rank by name, so that "the smallest name wins a tie" is "the smallest index wins".
using NodeIndex = std::uint32_t;
using ShapeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = std::numeric_limits<NodeIndex>::max();
inline constexpr int kMaxDevices = 16;        // of a node
inline constexpr std::int64_t kWhole = 1000;  // milli of one device
/// Bit i: device i of a node.
using DeviceMask = std::uint32_t;

/// Of a node's devices, all of them. A demand for kGpu is met by cores where they stand in, one for
/// another kind by that kind alone.
enum class DeviceClass : std::uint8_t { kGpu, kTpu, kOther, kCore };

/// What one task asks for on one node. Jobs share shapes (Cluster::shape).
struct Shape {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  std::uint32_t gpus = 0;            // devices
  std::uint32_t gpu_milli = kWhole;  // of each; below 1000 a device is shared
  DeviceClass kind = DeviceClass::kGpu;
  std::uint64_t models = 0;  // bit i: device model i may serve; 0: any
  std::uint64_t realms = 1;  // bit i: nodes of realm i may serve (real, simulated, a partition)
  std::uint64_t data = 0;    // bit i: it reads data i; a preference (place stage near_data)
  std::vector<std::int64_t> custom;  // by the cluster's numbering of custom resources
  bool operator==(const Shape&) const = default;
};

struct NodeSpec {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  std::uint16_t gpus = 0;  // devices, at most kMaxDevices
  DeviceClass kind = DeviceClass::kGpu;
  std::uint16_t model = 0;      // of all its devices; at most 63
  std::uint16_t realm = 0;      // at most 63
  bool cores_stand_in = false;  // no GPU: a shape's devices are cores, 1000 cpu_milli each
  bool up = true;               // false: starts nothing more
  double price_usd_per_hour = 0;
  std::uint16_t rack = 0;                          // nodes of one number share a switch
  std::array<std::uint8_t, kMaxDevices> island{};  // devices of one number are linked directly
  std::uint64_t data = 0;                          // bit i: data i lies here
  std::vector<std::int64_t> custom;
};

/// What is free on a node. One cache line without `custom`.
struct FreeNode {
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  std::uint32_t gpu_milli = 0;  // sum over devices
  std::uint16_t whole = 0;      // devices nobody holds
  std::uint16_t largest = 0;    // milli free on the emptiest device
  std::array<std::uint16_t, kMaxDevices> device_milli{};
};

using Residents = std::array<std::uint16_t, kMaxDevices + 1>;

/// What a task holds.
struct Held {
  NodeIndex node = kNoNode;
  ShapeIndex shape = 0;
  DeviceMask devices = 0;
};

/// Of every resource: cpu_milli, memory_bytes, milli of GPUs, TPUs and other devices, then the
/// custom ones by number. What is not there is 0.
using Amounts = std::vector<std::int64_t>;
void add(Amounts& to, const Amounts& what);
/// The largest share of one resource that these are (Ghodsi et al. 2011); of resources that there
/// are.
double dominant_share(const Amounts& held, const Amounts& capacity);

/// Single-threaded. Amounts stay within [0, capacity]: take() requires fits().
class Cluster {
 public:
  /// Nodes in order of their names. Only before the first take().
  NodeIndex add_node(const NodeSpec& spec);
  /// Finds or adds; stays valid for the cluster's life.
  ShapeIndex shape(const Shape& shape);

  std::size_t size() const { return specs_.size(); }
  std::size_t shapes() const { return shapes_.size(); }
  const NodeSpec& spec(NodeIndex node) const { return specs_[node]; }
  const FreeNode& free(NodeIndex node) const { return free_[node]; }
  const Shape& shape_of(ShapeIndex shape) const { return shapes_[shape]; }
  /// Tasks on the node by what they hold: [0] a share of a device, [n] n whole devices.
  const Residents& residents(NodeIndex node) const { return residents_[node]; }
  std::int64_t free_gpu_milli() const { return free_gpu_milli_; }
  std::int64_t gpu_milli() const { return gpu_milli_; }  // capacity
  std::int64_t free_whole_gpus() const { return free_whole_; }
  std::int64_t free_cpu_milli() const { return free_cpu_; }
  std::int64_t cpu_milli() const { return cpu_; }
  /// What devices there are in all: GPUs, or cores where there are none.
  std::int64_t device_milli() const { return gpu_milli_ > 0 ? gpu_milli_ : cpu_; }
  /// Nodes with GPUs beside nodes of cores: sums of GPUs say nothing of what fits.
  bool mixes_kinds() const { return has_core_nodes_ && gpu_milli_ > 0; }
  std::uint16_t racks() const { return racks_; }  // numbered from 0

  /// Feasibility, and nothing else: now, or if the node were empty and up.
  bool fits(NodeIndex node, const Shape& shape) const;
  bool fits_ever(NodeIndex node, const Shape& shape) const;
  /// The devices a shape gets where the place stage does not say: for a share the fullest device
  /// that still fits, else the first free ones. Requires fits().
  DeviceMask choose_devices(NodeIndex node, const Shape& shape) const;

  /// Adds what the task takes from its node, `sign` times.
  void count(const Held& held, std::int64_t sign, Amounts& to) const;
  const Amounts& capacity() const { return capacity_; }  // of all nodes, up or not

  void take(const Held& held);
  void give_back(const Held& held);
  void set_up(NodeIndex node, bool up);

  /// Every change of a node appends it here, so that indexes catch up instead of looking at all
  /// nodes. Positions below log_begin() are forgotten: look at all nodes then.
  std::uint64_t log_begin() const { return log_begin_; }
  std::uint64_t log_end() const { return log_begin_ + log_.size(); }
  NodeIndex log_at(std::uint64_t position) const { return log_[position - log_begin_]; }
  /// Position of the node's newest change: tells whether anything kept about it is still true.
  std::uint64_t last_change(NodeIndex node) const { return last_change_[node]; }

 private:
  struct Hash {
    std::size_t operator()(const Shape& shape) const;
  };
  void changed(NodeIndex node);
  void recount(NodeIndex node);
  std::uint16_t& residents_like(NodeIndex node, const Shape& shape);

  std::vector<NodeSpec> specs_;
  std::vector<FreeNode> free_;
  std::vector<std::vector<std::int64_t>> free_custom_;
  std::vector<Residents> residents_;
  std::vector<std::uint64_t> last_change_;
  std::vector<Shape> shapes_;
  std::unordered_map<Shape, ShapeIndex, Hash> shape_index_;
  std::vector<NodeIndex> log_;
  std::uint64_t log_begin_ = 0;
  Amounts capacity_;
  bool has_core_nodes_ = false;
  std::uint16_t racks_ = 1;
  std::int64_t free_gpu_milli_ = 0, gpu_milli_ = 0, free_whole_ = 0, free_cpu_ = 0, cpu_ = 0;
};

}  // namespace fulcrum::sched
