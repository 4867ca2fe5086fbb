#include "sched/trace/trace.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <fstream>

#include "base/random.h"

namespace fulcrum::sched {

namespace {

class Folder {
 public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "fulcrum-trace-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

constexpr const char* kPhilly =
    "timestamp,duration,num_gpus,gpu_time,cluster\n"
    "2017-10-02 00:00:00,60,8,480,a\n"
    "2017-09-30 23:59:59,60,1,60,a\n"
    "2017-10-01 00:00:01,30,1,30,b\n"
    "2017-10-01 00:00:02,30,1,30,ghost\n"
    "2017-10-01 00:00:03,0,1,0,a\n";

TEST(Trace, PhillyKeepsOctoberAndNovemberOfListedClusters) {
  const Folder folder;
  folder.write("vc_nodes.csv", "vc,node num\na,4\nb,2\n");
  const auto trace = read_philly(folder.write("t.csv", kPhilly), {});
  ASSERT_TRUE(trace) << base::describe(trace.error());
  ASSERT_EQ(trace->jobs.size(), 2U);
  EXPECT_DOUBLE_EQ(trace->jobs[0].submit_s, 1);
  EXPECT_DOUBLE_EQ(trace->jobs[1].submit_s, 86400);
  EXPECT_EQ(trace->jobs[1].devices, 8U);
  EXPECT_EQ(trace->groups[trace->jobs[0].group], "b");
  EXPECT_EQ(trace->skipped.at("outside October and November 2017"), 1U);
  EXPECT_EQ(trace->skipped.at("virtual cluster without nodes"), 1U);
  EXPECT_EQ(trace->skipped.at("never ran"), 1U);
}

TEST(Trace, PhillyTakesPriorityLimitAndUserWhereTheyAre) {
  const Folder folder;
  const std::string head =
      "timestamp,duration,num_gpus,gpu_time,cluster,class,priority,user,limit\n";
  const auto trace =
      read_philly(folder.write("t.csv", head + "2017-10-02 00:00:00,60,1,60,a,x,8,ann,3600\n" +
                                            "2017-10-02 00:00:01,60,1,60,a,x,,,\n"),
                  {});
  ASSERT_TRUE(trace) << base::describe(trace.error());
  EXPECT_DOUBLE_EQ(trace->jobs[0].priority, 8);
  EXPECT_DOUBLE_EQ(trace->jobs[0].limit_s, 3600);
  EXPECT_EQ(trace->users[trace->jobs[0].user], "ann");
  EXPECT_DOUBLE_EQ(trace->jobs[1].priority, 1);
  EXPECT_DOUBLE_EQ(trace->jobs[1].limit_s, 0);
  EXPECT_EQ(trace->users[trace->jobs[1].user], "all");
  const auto bad =
      read_philly(folder.write("b.csv", head + "2017-10-02 00:00:00,60,1,60,a,x,0,ann,3600\n"), {});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().field, "b.csv:2:7");
}

TEST(Trace, MistakesNameFileLineAndField) {
  const Folder folder;
  const std::string head = "timestamp,duration,num_gpus,gpu_time,cluster\n";
  const auto path = folder.write(
      "t.csv", head + "2017-10-02 00:00:00,60,eight,480,a\n" + "2017-10-02 00:00:00,60,2,480,a\n");
  const auto strict = read_philly(path, {});
  ASSERT_FALSE(strict);
  EXPECT_EQ(strict.error().code, "trace.row");
  EXPECT_EQ(strict.error().field, "t.csv:2:3");
  const auto lenient = read_philly(path, {true});
  ASSERT_TRUE(lenient);
  EXPECT_EQ(lenient->jobs.size(), 1U);
  EXPECT_EQ(lenient->skipped.at("malformed"), 1U);
  EXPECT_EQ(read_philly(folder.write("h.csv", "when,duration\n1,2\n"), {}).error().code,
            "trace.header");
  EXPECT_EQ(read_philly(folder.write("e.csv", head), {}).error().code, "trace.empty");
}

TEST(Trace, SwfTakesAllocatedProcessorsAndExplainsWhatItLeavesOut) {
  const Folder folder;
  std::string text = "; MaxProcs: 64\n";
  const auto job = [&](int id, int submit, int run, int allocated, int requested, int limit) {
    text += std::to_string(id) + " " + std::to_string(submit) + " -1 " + std::to_string(run) + " " +
            std::to_string(allocated) + " -1 -1 " + std::to_string(requested) + " " +
            std::to_string(limit) + " -1 1 7 1 1 -1 1 -1 -1\n";
  };
  job(1, 10, 100, 8, 16, 200);
  job(2, 5, 50, -1, 4, -1);
  job(3, 6, 0, 4, 4, 10);
  job(4, 6, 10, -1, -1, 10);
  job(5, 6, 10, 65, 65, 10);
  const auto trace = read_swf(folder.write("t.swf", text), {});
  ASSERT_TRUE(trace) << base::describe(trace.error());
  ASSERT_EQ(trace->jobs.size(), 2U);
  EXPECT_EQ(trace->devices, 64U);
  EXPECT_EQ(trace->jobs[0].devices, 4U);
  EXPECT_DOUBLE_EQ(trace->jobs[0].limit_s, 0);
  EXPECT_EQ(trace->jobs[1].devices, 8U);
  EXPECT_DOUBLE_EQ(trace->jobs[1].limit_s, 200);
  EXPECT_EQ(trace->skipped.size(), 3U);
  const auto bad = [&](const std::string& line) {
    const auto path = folder.write("b.swf", "; x\n" + line + "\n");
    EXPECT_EQ(read_swf(path, {}).error().code, "trace.row");
    return read_swf(path, {}).error().field;
  };
  EXPECT_EQ(bad("1 2 three"), "b.swf:2:1");
  EXPECT_EQ(bad("1 2 -1 long 1 -1 -1 1 9 -1 1 7 1 1 -1 1 -1 -1"), "b.swf:2:4");
}

/// Writes `content` as gzip and cuts it short.
std::filesystem::path cut_gzip(const Folder& folder, const std::string& content) {
  const auto path = folder.write("cut.swf.gz", "");
  gzFile file = ::gzopen(path.c_str(), "wb0");  // stored: what remains of it can be read
  ::gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  ::gzclose(file);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 12);
  return path;
}

TEST(Trace, AFileThatBreaksOffIsToldOrCounted) {
  const Folder folder;
  std::string text;
  for (int i = 0; i < 20; ++i) text += "1 5 -1 60 2 -1 -1 2 90 -1 1 7 1 1 -1 1 -1 -1\n";
  const auto path = cut_gzip(folder, text);
  EXPECT_EQ(read_swf(path, {}).error().code, "trace.damaged");
  const auto lenient = read_swf(path, {true});
  ASSERT_TRUE(lenient);
  EXPECT_LT(lenient->jobs.size(), 20U);
  EXPECT_GE(lenient->skipped.at("malformed"), 1U);
}

TEST(Trace, ShockwaveAndTiresias) {
  const Folder folder;
  const auto shockwave = read_shockwave(
      folder.write("s.trace",
                   "ResNet-18 (batch size 32)\tpython3 main.py\timage\t--num_steps\t1\t143450\t2\t"
                   "accordion\t1\t-1.000000\t3338\t55\n"),
      {});
  ASSERT_TRUE(shockwave) << base::describe(shockwave.error());
  EXPECT_EQ(shockwave->jobs[0].devices, 2U);
  EXPECT_DOUBLE_EQ(shockwave->jobs[0].duration_s, 3338);
  EXPECT_DOUBLE_EQ(shockwave->jobs[0].submit_s, 55);
  EXPECT_DOUBLE_EQ(shockwave->jobs[0].deadline_s, 0);
  EXPECT_EQ(shockwave->groups[0], "ResNet-18");
  const auto tiresias = read_tiresias(
      folder.write("t.csv",
                   "job_id,num_gpu,submit_time,iterations,model_name,duration,interval\n"
                   "0,4,99,138,vgg16,121,33\n"),
      {});
  ASSERT_TRUE(tiresias) << base::describe(tiresias.error());
  EXPECT_EQ(tiresias->jobs[0].devices, 4U);
  EXPECT_DOUBLE_EQ(tiresias->jobs[0].duration_s, 121);
}

/// No text brings a reader down or makes it keep a job that cannot be.
RC_GTEST_PROP(Trace, AnyBytesAreReadOrRefused, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  const Folder folder;
  const std::string pieces[] = {
      kPhilly,
      "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18\n",
      "job_id,num_gpu,submit_time,iterations,model_name,duration,interval\n",
      ",",
      "\n",
      "\t",
      "\"",
      "1e309",
      "nan",
      "-1",
      "99999999999999999999",
      "0x1",
      std::string(1, '\0'),
      "\xff\xfe",
      "; MaxProcs: -3\n",
      " "};
  std::string text;
  const std::uint64_t count = random.below(40);
  for (std::uint64_t i = 0; i < count; ++i) text += pieces[random.below(std::size(pieces))];
  for (std::uint64_t i = random.below(6); i > 0 && !text.empty(); --i)
    text[random.below(text.size())] = static_cast<char>(random.below(256));
  const auto path = folder.write("fuzz", text);
  for (const bool lenient : {false, true})
    for (const auto name : trace_format_names()) {
      const auto trace = find_trace_format(name)(path, {lenient});
      if (!trace) {
        RC_ASSERT(!trace.error().code.empty());
        continue;
      }
      for (const auto& job : trace->jobs) {
        RC_ASSERT(job.duration_s > 0 && job.duration_s < 1e18);
        RC_ASSERT(job.submit_s >= 0 && job.devices >= 1U && job.priority > 0);
        RC_ASSERT(job.group < trace->groups.size() && job.user < trace->users.size());
      }
    }
}

}  // namespace

}  // namespace fulcrum::sched
