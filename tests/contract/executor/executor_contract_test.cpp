// What every executor must do, whatever runs the job.
#include "contract/executor/local_fixture.h"

namespace fulcrum::exec {

namespace {

/// A backend as the suite sees it: a job that runs for `seconds` and exits with `code`, and a way
/// to let that time pass.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual Executor& executor() = 0;
  virtual LaunchSpec job(const std::string& id, double seconds, int code) = 0;
  virtual void pass(double seconds) = 0;
};

class LocalBackend final : public Backend {
 public:
  Executor& executor() override { return *executor_; }
  LaunchSpec job(const std::string& id, double seconds, int code) override {
    return shell(id, "sleep " + std::to_string(seconds) + "; exit " + std::to_string(code));
  }
  void pass(double) override {}  // time passes by itself

 private:
  JobFolder folder_;
  std::unique_ptr<Executor> executor_ = folder_.open();
};

class SimulatedBackend final : public Backend {
 public:
  Executor& executor() override { return *executor_; }
  LaunchSpec job(const std::string& id, double seconds, int code) override {
    LaunchSpec spec = shell(id, "true");
    spec.environment["FULCRUM_SIMULATED_S"] = std::to_string(seconds);
    spec.environment["FULCRUM_SIMULATED_EXIT"] = std::to_string(code);
    return spec;
  }
  void pass(double seconds) override {
    clock_.advance_us(static_cast<std::int64_t>(seconds * 1e6));
  }

 private:
  base::ManualClock clock_{1'000'000};
  std::unique_ptr<Executor> executor_ = open_simulated_executor(clock_);
};

template <class B>
class ExecutorContract : public ::testing::Test {
 protected:
  B backend;
  Executor& executor = backend.executor();
};
using Backends = ::testing::Types<LocalBackend, SimulatedBackend>;
TYPED_TEST_SUITE(ExecutorContract, Backends);

TYPED_TEST(ExecutorContract, AJobEndsWithItsExitCode) {
  ASSERT_TRUE(this->executor.start(this->backend.job("job-a", 0.05, 0)));
  ASSERT_TRUE(this->executor.start(this->backend.job("job-b", 0.05, 7)));
  this->backend.pass(0.1);
  const RunStatus a = end_of(this->executor, "job-a"), b = end_of(this->executor, "job-b");
  EXPECT_EQ(a.state, RunState::kExited);
  EXPECT_EQ(a.exit_code, 0);
  EXPECT_EQ(b.state, RunState::kExited);
  EXPECT_EQ(b.exit_code, 7);
  EXPECT_GT(a.started_us, 0);
  EXPECT_GE(a.ended_us, a.started_us + 40'000);
  EXPECT_FALSE(a.isolation.empty());
}

TYPED_TEST(ExecutorContract, AnUnknownJobIsAnError) {
  EXPECT_EQ(this->executor.status("job-x").error().code, "exec.unknown");
  EXPECT_EQ(this->executor.stop("job-x").error().code, "exec.unknown");
  EXPECT_EQ(this->executor.log("job-x", 0, 10).error().code, "exec.unknown");
}

TYPED_TEST(ExecutorContract, ASecondStartAttachesToTheFirst) {
  ASSERT_TRUE(this->executor.start(this->backend.job("job-a", 5, 0)));
  const std::int64_t started_us = this->executor.status("job-a")->started_us;
  ASSERT_TRUE(this->executor.start(this->backend.job("job-a", 0, 9)));
  const auto status = this->executor.status("job-a");
  EXPECT_EQ(status->state, RunState::kRunning);
  EXPECT_EQ(status->started_us, started_us);
  EXPECT_EQ(this->executor.attach()->size(), 1u);
  ASSERT_TRUE(this->executor.stop("job-a"));
  end_of(this->executor, "job-a");
}

TYPED_TEST(ExecutorContract, StopEndsARunningJob) {
  ASSERT_TRUE(this->executor.start(this->backend.job("job-a", 600, 0)));
  EXPECT_EQ(this->executor.forget("job-a").error().code, "exec.running");
  ASSERT_TRUE(this->executor.stop("job-a"));
  EXPECT_EQ(end_of(this->executor, "job-a").state, RunState::kStopped);
  ASSERT_TRUE(this->executor.stop("job-a"));  // again: nothing happens
  EXPECT_EQ(this->executor.status("job-a")->state, RunState::kStopped);
}

TYPED_TEST(ExecutorContract, TellsWhichJobsLiveAndWritesIntoTheirOutput) {
  LaunchSpec spec = this->backend.job("job-a", 600, 0);
  spec.environment["FULCRUM_DEVICES"] = "0,3";
  spec.devices = {0, 3};
  ASSERT_TRUE(this->executor.start(spec));
  ASSERT_TRUE(this->executor.start(this->backend.job("job-b", 0, 0)));
  end_of(this->executor, "job-b");
  const auto living = this->executor.living();
  ASSERT_TRUE(living);
  ASSERT_EQ(living->size(), 1u);
  EXPECT_EQ(living->front().job_id, "job-a");
  EXPECT_GE(living->front().processes, 1u);
  EXPECT_EQ(living->front().devices, (std::vector<std::uint32_t>{0, 3}));
  ASSERT_TRUE(this->executor.note("job-a", "a word\n"));
  EXPECT_NE(this->executor.log("job-a", 0, 1000)->find("a word\n"), std::string::npos);
  EXPECT_EQ(this->executor.note("job-x", "a word\n").error().code, "exec.unknown");
  ASSERT_TRUE(this->executor.stop("job-a"));
  end_of(this->executor, "job-a");
  EXPECT_TRUE(this->executor.living()->empty());
}

TYPED_TEST(ExecutorContract, ATimeLimitEndsAJob) {
  LaunchSpec spec = this->backend.job("job-a", 600, 0);
  spec.time_limit_us = 200'000;
  ASSERT_TRUE(this->executor.start(spec));
  EXPECT_EQ(this->executor.status("job-a")->state, RunState::kRunning);
  this->backend.pass(1);
  const RunStatus end = end_of(this->executor, "job-a");
  EXPECT_EQ(end.state, RunState::kTimeLimit);
  EXPECT_GE(end.ended_us - end.started_us, 190'000);
}

TYPED_TEST(ExecutorContract, AnEndedJobStaysUntilItIsForgotten) {
  ASSERT_TRUE(this->executor.start(this->backend.job("job-a", 0, 3)));
  this->backend.pass(0.1);
  end_of(this->executor, "job-a");
  EXPECT_EQ(this->executor.attach()->size(), 1u);
  ASSERT_TRUE(this->executor.start(this->backend.job("job-a", 0, 0)));  // does not run again
  EXPECT_EQ(this->executor.status("job-a")->exit_code, 3);
  EXPECT_FALSE(this->executor.usage("job-a")->empty());
  ASSERT_TRUE(this->executor.forget("job-a"));
  EXPECT_TRUE(this->executor.attach()->empty());
  EXPECT_EQ(this->executor.status("job-a").error().code, "exec.unknown");
}

TYPED_TEST(ExecutorContract, WakeEndsAWait) {
  this->executor.wake();
  const auto start = std::chrono::steady_clock::now();
  this->executor.wait(10'000'000);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

}  // namespace

}  // namespace fulcrum::exec
