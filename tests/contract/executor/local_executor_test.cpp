// What only real processes can show: they outlive us, they fork, they are killed.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "contract/executor/local_fixture.h"
#include "exec/shim/job_folder.h"
#include "exec/shim/process_tree.h"

namespace fulcrum::exec {

namespace {

shim::Fields status_file(const JobFolder& folder, const std::string& id) {
  return shim::read_fields(*base::read_file(folder.path() + "/jobs/" + id + "/status"));
}

pid_t pid_in(const std::string& path) {
  pid_t pid = 0;
  std::ifstream(path) >> pid;
  return pid;
}

bool is_running(pid_t pid) {
  shim::ProcessStat stat;
  return pid > 0 && shim::read_process(pid, stat) && stat.state != 'Z';
}

TEST(LocalExecutor, AJobOutlivesTheExecutorAndIsFoundAgain) {
  JobFolder folder;
  ASSERT_TRUE(folder.open()->start(shell("job-a", "sleep 0.3; exit 5")));
  auto again = folder.open();
  EXPECT_EQ(*again->attach(), std::vector<std::string>{"job-a"});
  EXPECT_EQ(again->status("job-a")->state, RunState::kRunning);
  const RunStatus end = end_of(*again, "job-a");
  EXPECT_EQ(end.state, RunState::kExited);
  EXPECT_EQ(end.exit_code, 5);
}

TEST(LocalExecutor, AJobOutlivesAKilledServer) {
  JobFolder folder;
  const pid_t server = ::fork();
  if (server == 0) {
    auto executor = folder.open();
    const bool started = executor->start(shell("job-a", "sleep 0.3; echo done")).has_value();
    ::kill(::getpid(), started ? SIGKILL : SIGABRT);
  }
  int status = 0;
  ::waitpid(server, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  auto executor = folder.open();
  ASSERT_EQ(executor->attach()->size(), 1u);
  EXPECT_EQ(end_of(*executor, "job-a").state, RunState::kExited);
  EXPECT_EQ(*executor->log("job-a", 0, 100), "done\n");
}

TEST(LocalExecutor, StopKillsAGrandchildThatLeftItsSessionAndIgnoresSigterm) {
  JobFolder folder;
  const std::string pid_file = folder.path() + "/pid";
  LaunchSpec spec = shell("job-a", "setsid sh -c 'trap \"\" TERM; echo $$ > " + pid_file +
                                       ".part; mv " + pid_file + ".part " + pid_file +
                                       "; while :; do sleep 1; done' & sleep 600");
  spec.grace_us = 100'000;
  auto executor = folder.open();
  ASSERT_TRUE(executor->start(spec));
  ASSERT_TRUE(eventually([&] { return pid_in(pid_file) > 0; }));
  const pid_t daemon = pid_in(pid_file);
  ASSERT_TRUE(is_running(daemon));
  ASSERT_TRUE(executor->stop("job-a"));
  EXPECT_EQ(end_of(*executor, "job-a").state, RunState::kStopped);
  EXPECT_FALSE(is_running(daemon));
}

TEST(LocalExecutor, UsageIsReadFromAMomentOn) {
  JobFolder folder;
  auto executor = folder.open();
  std::filesystem::create_directories(folder.path() + "/jobs/job-a");
  std::ofstream file(folder.path() + "/jobs/job-a/usage.jsonl");
  constexpr std::int64_t kCount = 20'000;  // more than two blocks of the file's end
  for (std::int64_t i = 1; i <= kCount; ++i)
    file << "{\"time_us\":" << 10 * i << ",\"cpu_cores\":1.0000,\"memory_bytes\":4096,"
         << "\"device_busy\":" << (i % 2 == 0 ? -1 : 1) << "}\n";
  file << "{\"time_us\":";  // torn
  file.close();
  EXPECT_EQ(executor->usage("job-a")->size(), 20'000u);
  for (const std::int64_t from : {1L, 10L, 15L, 99'995L, 150'000L, 199'999L, 200'000L, 300'000L}) {
    const auto samples = executor->usage("job-a", from);
    const std::int64_t first = std::clamp<std::int64_t>(from / 10, 1, kCount);
    ASSERT_EQ(samples->size(), static_cast<std::size_t>(kCount - first + 1)) << from;
    EXPECT_EQ(samples->front().time_us, 10 * first) << from;
  }
  EXPECT_TRUE(executor->usage("job-a")->at(0).device_busy_known);
  EXPECT_FALSE(executor->usage("job-a")->at(1).device_busy_known);
  EXPECT_EQ(executor->usage("job-a")->at(1).device_busy, 0);
  EXPECT_TRUE(executor->usage("job-b")->empty());
}

TEST(LocalExecutor, AStopMayBringItsOwnGrace) {
  JobFolder folder;
  const std::string ready = folder.path() + "/ready";
  LaunchSpec spec =
      shell("job-a", "trap '' TERM; echo 1 > " + ready + "; while :; do sleep 0.05; done");
  spec.grace_us = 600'000'000;
  auto executor = folder.open();
  ASSERT_TRUE(executor->start(spec));
  ASSERT_TRUE(eventually([&] { return pid_in(ready) > 0; }));
  ASSERT_TRUE(executor->stop("job-a", 300'000));
  const RunStatus end = end_of(*executor, "job-a");
  EXPECT_EQ(end.state, RunState::kStopped);
  EXPECT_EQ(end.signal, SIGKILL);
}

TEST(LocalExecutor, NothingSurvivesTheJobsOwnEnd) {
  JobFolder folder;
  const std::string pid_file = folder.path() + "/pid";
  auto executor = folder.open();
  ASSERT_TRUE(executor->start(shell(
      "job-a", "setsid sh -c 'echo $$ > " + pid_file + "; exec sleep 600' & sleep 0.2; exit 0")));
  EXPECT_EQ(end_of(*executor, "job-a").state, RunState::kExited);
  const pid_t daemon = pid_in(pid_file);
  ASSERT_GT(daemon, 0);
  EXPECT_FALSE(is_running(daemon));
}

TEST(LocalExecutor, ATimeLimitGivesAGraceAndThenKills) {
  JobFolder folder;
  LaunchSpec spec = shell("job-a", "trap 'echo asked' TERM; while :; do sleep 0.05; done");
  spec.time_limit_us = 150'000;
  spec.grace_us = 300'000;
  auto executor = folder.open();
  ASSERT_TRUE(executor->start(spec));
  const RunStatus end = end_of(*executor, "job-a");
  EXPECT_EQ(end.state, RunState::kTimeLimit);
  EXPECT_GE(end.ended_us - end.started_us, 440'000);
  EXPECT_NE(executor->log("job-a", 0, 1000)->find("asked"), std::string::npos);
}

TEST(LocalExecutor, AKilledShimMeansALostJobAndNoProcessLeft) {
  JobFolder folder;
  const std::string pid_file = folder.path() + "/pid";
  auto executor = folder.open();
  ASSERT_TRUE(executor->start(
      shell("job-a", "setsid sh -c 'echo $$ > " + pid_file + "; sleep 600' & sleep 600")));
  ASSERT_TRUE(eventually([&] { return pid_in(pid_file) > 0; }));
  const pid_t daemon = pid_in(pid_file);
  ::kill(static_cast<pid_t>(shim::integer_field(status_file(folder, "job-a"), "pid")), SIGKILL);
  EXPECT_EQ(end_of(*executor, "job-a").state, RunState::kLost);
  EXPECT_FALSE(is_running(daemon));
  EXPECT_EQ(folder.open()->status("job-a")->state, RunState::kLost);  // for good
}

TEST(LocalExecutor, AJobThatKillsItsShimAtOnceIsLostAndNotAFailureToStart) {
  JobFolder folder;
  auto executor = folder.open();
  for (int i = 0; i < 20; ++i) {
    const std::string id = "job-" + std::to_string(i);
    const auto started = executor->start(shell(id, "kill -9 $PPID; sleep 600"));
    ASSERT_TRUE(started) << base::describe(started.error());
    EXPECT_EQ(end_of(*executor, id).state, RunState::kLost);
  }
}

TEST(LocalExecutor, AJobOfAnEarlierBootIsLost) {
  JobFolder folder;
  auto executor = folder.open();
  ASSERT_TRUE(executor->start(shell("job-a", "sleep 600")));
  const auto fields = status_file(folder, "job-a");
  auto changed = fields;
  changed["boot_id"] = "another";
  const std::string path = folder.path() + "/jobs/job-a/status";
  ASSERT_TRUE(base::write_file(path, shim::write_fields(changed)));
  EXPECT_EQ(executor->status("job-a")->state, RunState::kLost);
  ::kill(static_cast<pid_t>(shim::integer_field(fields, "pid")), SIGTERM);
  ASSERT_TRUE(eventually(
      [&] { return !is_running(static_cast<pid_t>(shim::integer_field(fields, "pid"))); }));
}

TEST(LocalExecutor, SignalsAndLogOffsets) {
  JobFolder folder;
  auto executor = folder.open();
  ASSERT_TRUE(executor->start(shell("job-a", "printf 0123456789; printf err >&2; kill -9 $$")));
  const RunStatus end = end_of(*executor, "job-a");
  EXPECT_EQ(end.state, RunState::kSignalled);
  EXPECT_EQ(end.signal, 9);
  EXPECT_EQ(*executor->log("job-a", 0, 4), "0123");
  EXPECT_EQ(*executor->log("job-a", 8, 100), "89err");
  EXPECT_EQ(*executor->log("job-a", 99, 100), "");
}

TEST(LocalExecutor, AProgramThatIsNotThereIsARefusalToStart) {
  JobFolder folder;
  auto executor = folder.open();
  LaunchSpec spec = shell("job-a", "");
  spec.command = {"no-such-program"};
  const auto status = executor->start(spec);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, "exec.start");
  EXPECT_NE(status.error().message.find("no-such-program"), std::string::npos);
  EXPECT_EQ(executor->status("job-a").error().code, "exec.unknown");
  EXPECT_EQ(executor->start(shell("../evil", "true")).error().code, "exec.start");
}

TEST(LocalExecutor, TheEnvironmentIsExactlyTheGivenOneAndOnNoCommandLine) {
  JobFolder folder;
  ::setenv("FULCRUM_LEAK", "leaked", 1);
  auto executor = folder.open();
  LaunchSpec spec = shell("job-a", "env; grep -z NoNewPrivs /proc/self/status; sleep 600");
  spec.environment["SECRET"] = "hidden-word";
  ASSERT_TRUE(executor->start(spec));
  ASSERT_TRUE(eventually(
      [&] { return executor->log("job-a", 0, 10'000)->find("NoNewPrivs") != std::string::npos; }));
  const std::string log = *executor->log("job-a", 0, 10'000);
  EXPECT_NE(log.find("SECRET=hidden-word"), std::string::npos);
  EXPECT_NE(log.find("FULCRUM_JOB=job-a"), std::string::npos);
  EXPECT_EQ(log.find("leaked"), std::string::npos);
  EXPECT_NE(log.find("NoNewPrivs:\t1"), std::string::npos);
  const auto status = status_file(folder, "job-a");
  for (const auto name : {"pid", "child_pid"}) {
    const auto line = base::read_file("/proc/" + status.at(name) + "/cmdline");
    EXPECT_EQ(line->find("hidden-word"), std::string::npos);
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/jobs/job-a/launch"));
  ASSERT_TRUE(executor->stop("job-a"));
  end_of(*executor, "job-a");
}

TEST(LocalExecutor, CpuTimeCountsTheWholeTree) {
  JobFolder folder;
  auto executor = folder.open();
  LaunchSpec spec = shell("job-a",
                          "sh -c 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done' & wait; "
                          "sleep 0.3");
  spec.devices = {0};
  spec.devices_are_cores = true;
  ASSERT_TRUE(executor->start(spec));
  const RunStatus end = end_of(*executor, "job-a");
  EXPECT_GT(end.cpu_s, 0.05);
  EXPECT_GT(end.peak_memory_bytes, 500'000);
  const auto samples = executor->usage("job-a");
  ASSERT_GE(samples->size(), 2u);
  EXPECT_GT(samples->front().device_busy, 0.0);
  EXPECT_LE(samples->front().device_busy, 1.0);
}

TEST(LocalExecutor, StartingIsQuick) {
  JobFolder folder;
  auto executor = folder.open();
  std::vector<double> milliseconds;
  for (int i = 0; i < 40; ++i) {
    const auto start = std::chrono::steady_clock::now();
    ASSERT_TRUE(executor->start(shell("job-" + std::to_string(i), "true")));
    milliseconds.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count());
    end_of(*executor, "job-" + std::to_string(i));
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  RecordProperty("median_ms", std::to_string(milliseconds[20]));
  RecordProperty("slowest_ms", std::to_string(milliseconds.back()));
  printf("start: median %.2f ms, slowest %.2f ms\n", milliseconds[20], milliseconds.back());
  EXPECT_LT(milliseconds[20], 100);
}

}  // namespace

}  // namespace fulcrum::exec
