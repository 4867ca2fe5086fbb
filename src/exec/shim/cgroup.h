#pragma once
// A control group of the job's own, where the kernel offers a writable cgroup v2 hierarchy: then
// ending the job cannot miss a process. Without one, the subreaper's sweep does the work.
#include <cstdint>
#include <string>

namespace fulcrum::exec::shim {

class Cgroup {
 public:
  /// Creates a group below our own; path() is empty when that is not possible.
  static Cgroup create(const std::string& job_id, std::int64_t memory_limit_bytes);
  /// An existing group, for cleaning up after a killed shim.
  static Cgroup at(std::string path);

  const std::string& path() const { return path_; }
  /// SIGKILL to everything inside, atomically where the kernel can.
  void kill() const;
  /// Removes the group; it must be empty.
  void remove() const;

 private:
  std::string path_;
};

}  // namespace fulcrum::exec::shim
