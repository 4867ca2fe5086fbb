#pragma once
// The job's first process, from fork to exec.
#include <sys/types.h>

#include <string>

#include "exec/shim/cgroup.h"
#include "exec/shim/job_folder.h"

namespace fulcrum::exec::shim {

/// A forked child that waits for go(); it ends by itself when this process dies first.
class Child {
 public:
  /// False when the process could not be forked.
  bool fork(const Launch& launch, const std::string& folder, const Cgroup& group);
  pid_t pid() const { return pid_; }
  bool in_group() const { return in_group_; }
  /// Lets the child exec. Empty when it did, else why not (the child is then gone).
  std::string go();

 private:
  pid_t pid_ = -1;
  int gate_ = -1;    // one byte lets the child go
  int report_ = -1;  // the child's words; closed by exec
  bool in_group_ = false;
};

}  // namespace fulcrum::exec::shim
