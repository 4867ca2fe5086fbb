#pragma once
// Programs of the plan's own that must live while steps use them (the example's shop).
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"
#include "exec/executor.h"
#include "plan/plan.h"

namespace fulcrum::control {

/// Thread-safe. Starts a service when it is first asked for; stops all of the plan's on stop_all().
/// A service that an earlier, killed run left behind is used again when its command is the same.
class Services {
 public:
  struct Options {
    std::string home;
    std::string plan_folder;
    std::map<std::string, std::string> environment;  // for every service
  };
  Services(const plan::Plan& plan, exec::Executor& executor, Options options);
  ~Services();
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  /// Starts it unless it runs, waits until its port file is there and it accepts connections.
  /// Fails with `service.start` and the end of its log.
  base::Status need(const std::string& name);
  /// `url`, `port` or `folder` of a service; empty for another member.
  std::string value(const std::string& name, const std::string& member) const;
  void stop_all();

 private:
  std::string folder(const std::string& name) const;
  /// One process a service; its name holds a hash of the command, as the plan has it.
  std::string prefix(const std::string& name) const;
  std::string job_id(const std::string& name) const;
  /// Stops those of any command but `keep`, and waits until they have ended.
  void stop_processes(const std::string& name, const std::string& keep);
  std::string fill(const std::string& name, const std::string& text) const;
  base::Status start(const std::string& name, const plan::Service& service);
  base::Status wait_until_ready(const std::string& name, const plan::Service& service);

  const plan::Plan& plan_;
  exec::Executor& executor_;
  Options options_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> ports_;  // of those that answer
};

}  // namespace fulcrum::control
