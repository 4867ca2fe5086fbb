#include "sched/trace/openb.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace fulcrum::sched {
namespace {

class Openb : public testing::Test {
 protected:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / fmt::format("fulcrum-openb-{}.csv", ::getpid());
  void TearDown() override { std::filesystem::remove(path_); }
  const std::filesystem::path& file(std::string_view content) {
    std::ofstream(path_, std::ios::binary) << content;
    return path_;
  }
};

constexpr std::string_view kNodes =
    "sn,cpu_milli,memory_mib,gpu,model\n"
    "b,96000,1024,8,G2\n"
    "a,32000,512,0,\n"
    "c,64000,512,2,P100\n";
constexpr std::string_view kPodHeader = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n";

TEST_F(Openb, NodesComeByName) {
  const auto list = read_openb_nodes(file(kNodes), false);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->names, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(list->models, (std::vector<std::string>{"", "G2", "P100"}));
  EXPECT_EQ(list->nodes[1].gpus, 8);
  EXPECT_EQ(list->nodes[1].model, 1);
  EXPECT_EQ(list->nodes[2].memory_bytes, std::int64_t{512} << 20);
}

TEST_F(Openb, MixedOrderKeepsEveryNodeWithItsName) {
  auto list = read_openb_nodes(file(kNodes), false);
  ASSERT_TRUE(list);
  ASSERT_TRUE(order_openb_nodes(*list, "mixed"));
  ASSERT_EQ(list->nodes.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(list->nodes[i].gpus, list->names[i] == "b" ? 8 : list->names[i] == "c" ? 2 : 0);
  EXPECT_EQ(order_openb_nodes(*list, "other").error().code, "sim.node_order");
}

TEST_F(Openb, PodsAreSharesWholesAndConstrained) {
  const auto list =
      read_openb_pods(file(std::string(kPodHeader) + "p0,1000,10,1,460,\np1,2000,20,8,1000,G2|X9\n"
                                                     "p2,3000,30,0,0,\np3,1,1,1,1000,X9\n"),
                      {"", "G2", "P100"}, false);
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->pods.size(), 4U);
  EXPECT_EQ(list->pods[0].shape.gpu_milli, 460U);
  EXPECT_EQ(list->pods[0].shape.models, 0U);
  EXPECT_EQ(list->pods[1].shape.gpus, 8U);
  EXPECT_EQ(list->pods[1].shape.models & 7, 2U);
  EXPECT_EQ(list->pods[2].shape.gpus, 0U);
  EXPECT_NE(list->pods[3].shape.models, 0U) << "a model that nobody has is not any model";
  EXPECT_EQ(list->pods[3].shape.models & 7, 0U);
}

TEST_F(Openb, ColumnsAfterGpuMilliMayBeMissing) {
  const auto list = read_openb_pods(
      file("name,cpu_milli,memory_mib,num_gpu,gpu_milli\np0,1000,10,1,460\n"), {}, false);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->pods.size(), 1U);
}

struct BadRow {
  std::string_view row, where, reason;
};
class OpenbBadRow : public Openb, public testing::WithParamInterface<BadRow> {};

TEST_P(OpenbBadRow, IsToldByFileLineFieldAndReasonOrSkipped) {
  const std::string text =
      std::string(kPodHeader) + "p0,1000,10,1,460,\n" + std::string(GetParam().row) + "\n";
  const auto strict = read_openb_pods(file(text), {}, false);
  ASSERT_FALSE(strict);
  EXPECT_EQ(strict.error().code, "trace.row");
  EXPECT_EQ(strict.error().field,
            fmt::format("{}:{}", path_.filename().string(), GetParam().where));
  EXPECT_NE(strict.error().message.find(GetParam().reason), std::string::npos)
      << strict.error().message;
  const auto lenient = read_openb_pods(path_, {}, true);
  ASSERT_TRUE(lenient);
  EXPECT_EQ(lenient->pods.size(), 1U);
  EXPECT_EQ(lenient->skipped.count, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, OpenbBadRow,
    testing::Values(BadRow{"p1,x,10,1,460,", "3:2", "cpu_milli: 'x'"},
                    BadRow{"p1,1,10,17,1000,", "3:4", "num_gpu: '17'"},
                    BadRow{"p1,1,10,-1,1000,", "3:4", "num_gpu"},
                    BadRow{"p1,1,10,2,500,", "3:5", "2 devices are held whole"},
                    BadRow{"p1,1,10,1,0,", "3:5", "gpu_milli: '0'"},
                    BadRow{"p1,1,10,1,1001,", "3:5", "gpu_milli: '1001'"},
                    BadRow{"p1,1,1e99,1,10,", "3:3", "memory_mib"},
                    BadRow{"p1,1,10,1", "3:1", "4 fields where the header has 6"}));

TEST_F(Openb, AMissingColumnIsNamed) {
  const auto list = read_openb_pods(file("name,cpu_milli\np0,1\n"), {}, true);
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().code, "trace.header");
  EXPECT_NE(list.error().message.find("memory_mib"), std::string::npos);
}

TEST_F(Openb, TwoNodesOfOneNameAreRefused) {
  const auto list = read_openb_nodes(file(std::string(kNodes) + "b,1,1,1,G2\n"), false);
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().field, path_.filename().string() + ":5:1");
}

}  // namespace
}  // namespace fulcrum::sched
