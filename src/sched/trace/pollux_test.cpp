#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "sched/trace/elastic.h"
#include "sched/trace/pollux_profiles.h"

namespace fulcrum::sched {

namespace {

constexpr const char* kApplications[] = {"bert",     "cifar10", "deepspeech2",
                                         "imagenet", "ncf",     "yolov3"};
constexpr const char* kPlacements =
    "placement,local_bsz,step_time,sync_time\n"
    "1,64,1,0\n1,1024,2,0\n4,64,3,2\n4,1024,4,2\n";
constexpr const char* kSizes =
    "num_nodes,num_replicas,local_bsz,step_time,sync_time\n"
    "6,24,64,10,8\n";
constexpr const char* kWorkload = "name,time,application,num_replicas,batch_size\n";

class Pollux : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "fulcrum-pollux-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    for (const char* name : kApplications) {
      std::filesystem::create_directories(folder_ / "profiles" / name);
      write(std::string("profiles/") + name + "/placements.csv", kPlacements);
      write(std::string("profiles/") + name + "/scalability.csv", kSizes);
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  std::filesystem::path folder_;
};

TEST_F(Pollux, ARigidJobRunsItsIterations) {
  const auto path =
      write("w.csv", std::string(kWorkload) + "b,70,cifar10,4,4096\na,10,cifar10,1,128\n");
  const auto trace = read_pollux(path, {});
  ASSERT_TRUE(trace) << base::describe(trace.error());
  ASSERT_EQ(trace->jobs.size(), 2U);
  EXPECT_DOUBLE_EQ(trace->jobs[0].submit_s, 10);  // by submission
  // 100 epochs of 390.7 steps with the initial batch, each 1 + 64/960 s.
  EXPECT_NEAR(trace->jobs[0].duration_s, 39066 * (1 + 64 / 960.0), 1);
  const auto workload = read_pollux_workload(path, {});
  const double iterations = pollux_iterations(workload->applications[1], 4096);
  EXPECT_NEAR(iterations, 2011, 0.06 * 2011);                    // as the artifact counted them
  EXPECT_NEAR(trace->jobs[1].duration_s, iterations * 4, 1e-6);  // 1024 on each of four
}

TEST_F(Pollux, TheSameFileIsReadAsElasticJobs) {
  const auto path = write("w.csv", std::string(kWorkload) + "a,10,yolov3,4,64\nb,20,ncf,1,32768\n");
  const auto trace = find_elastic_format("pollux")(path, {});
  ASSERT_TRUE(trace) << base::describe(trace.error());
  EXPECT_FALSE(trace->jobs[0].fixed_batch);
  EXPECT_EQ(trace->jobs[0].most, 64U);
  EXPECT_TRUE(trace->jobs[1].fixed_batch);
  EXPECT_EQ(trace->jobs[1].most, 1U);
  EXPECT_EQ(trace->groups[trace->jobs[1].group], "ncf");
  EXPECT_EQ(find_elastic_format("philly"), nullptr);
}

TEST_F(Pollux, MistakesNameTheFile) {
  const auto row = read_pollux(write("w.csv", std::string(kWorkload) + "a,1,gpt,1,1\n"), {});
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().field, "w.csv:2:3");
  const auto batch = read_pollux(write("w.csv", std::string(kWorkload) + "a,1,bert,1,9999\n"), {});
  ASSERT_FALSE(batch);  // nothing was measured there
  EXPECT_EQ(batch.error().field, "w.csv:2:5");
  const auto path = write("w.csv", std::string(kWorkload) + "a,1,bert,1,12\n");
  write("profiles/bert/placements.csv", "placement,local_bsz,step_time,sync_time\n4x,1,1,0\n");
  const auto placement = read_pollux(path, {});
  ASSERT_FALSE(placement);
  EXPECT_EQ(placement.error().field, "placements.csv:2:1");
  std::filesystem::remove(folder_ / "profiles/bert/placements.csv");
  const auto none = read_pollux(path, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "file.read");
}

}  // namespace

}  // namespace fulcrum::sched
