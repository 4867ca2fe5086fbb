#pragma once
// A folder for jobs that goes away with the test, and the shim as it is built.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "exec/executor.h"

namespace fulcrum::exec {

class JobFolder {
 public:
  JobFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fulcrum-exec-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~JobFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::unique_ptr<Executor> open() const {
    auto executor = open_local_executor({path_ + "/jobs", FULCRUM_BIN_DIR "/fulcrum-shim"});
    EXPECT_TRUE(executor) << base::describe(executor.error());
    return std::move(*executor);
  }

 private:
  std::string path_;
};

inline LaunchSpec shell(const std::string& id, const std::string& script) {
  return {.job_id = id,
          .command = {"sh", "-c", script},
          .working_folder = "/",
          .environment = {{"PATH", "/usr/bin:/bin"}}};
}

/// Waits through the executor until the job has ended, 20 s at most.
inline RunStatus end_of(Executor& executor, const std::string& id) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (;;) {
    auto status = executor.status(id);
    if (!status) {
      ADD_FAILURE() << base::describe(status.error());
      return {};
    }
    if (status->state != RunState::kRunning) return *status;
    if (std::chrono::steady_clock::now() > give_up) {
      ADD_FAILURE() << id << " did not end";
      return *status;
    }
    executor.wait(1'000'000);
  }
}

/// Repeats a look until it holds, 10 s at most: for conditions outside the executor.
template <class Holds>
bool eventually(const Holds& holds) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < give_up) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return holds();
}

}  // namespace fulcrum::exec
