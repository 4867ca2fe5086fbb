// Moves that are planned for a waiting job, shown, and made.
#include "sched/defrag.h"

#include "sched/sched_fixture.h"

namespace fulcrum::sched {

namespace {

class DefragTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"n1", "n2"})
      ASSERT_TRUE(bench_.send("node.add", R"({"name":")" + std::string(name) +
                                              R"(","cpu_milli":64000,"devices":[{"index":0},)"
                                              R"({"index":1},{"index":2},{"index":3}]})"));
    small_ = submit(1, R"(,"preemptible":true,"checkpoint_every_s":60)");
    large_ = submit(3, R"(,"preemptible":true,"checkpoint_every_s":60,"may_move":false)");
    ASSERT_TRUE(
        bench_.send("job.start", R"({"job":")" + small_ + R"(","node":"n1","devices":[2]})"));
    ASSERT_TRUE(
        bench_.send("job.start", R"({"job":")" + large_ + R"(","node":"n2","devices":[0,1,2]})"));
    bench_.now_us += 90'000'000;
  }
  std::string submit(unsigned gpus, const std::string& more = "") {
    return job_of(
        bench_.send("job.submit", R"({"name":"j","command":["true"],"resources":{"gpus":)" +
                                      std::to_string(gpus) + "}" + more + "}"));
  }
  DefragAnswer plan(const std::string& job) {
    return defrag_plan(view_of(bench_.state(), bench_.now_us), bench_.state().jobs.at(job), 4);
  }
  base::Result<std::vector<std::string>> apply(const std::string& job) {
    return bench_.send("defrag.apply", R"({"job":")" + job + R"("})", "olga", ledger::Role::kOwner);
  }

  Bench bench_;
  std::string small_, large_;
};

TEST_F(DefragTest, FourFreeButSplitNeedsOneMoveAndTheBrainAgrees) {
  const std::string wide = submit(4);
  const DefragAnswer answer = plan(wide);
  EXPECT_EQ(answer.answer, "moves");
  ASSERT_EQ(answer.moves.size(), 1U);
  EXPECT_EQ(answer.moves[0].job, small_);
  EXPECT_EQ(answer.moves[0].to, std::vector<std::string>{"n2"});
  EXPECT_DOUBLE_EQ(answer.lost_device_s, 30);
  EXPECT_EQ(answer.nodes, std::vector<std::string>{"n1"});
  EXPECT_TRUE(answer.would_start);
  ASSERT_TRUE(apply(wide));
  EXPECT_EQ(bench_.state().jobs.at(small_).preempt_reason, PreemptReason::kDefrag);
  ASSERT_TRUE(
      bench_.send("job.end", R"({"job":")" + small_ + R"(","attempt":1,"state":"preempted"})"));
  Cache cache;
  const Schedule next = schedule(view_of(bench_.state(), bench_.now_us), {}, cache);
  ASSERT_EQ(next.placements.size(), 2U);
  for (const Placement& placement : next.placements)
    EXPECT_EQ(placement.node, placement.job == wide ? "n1" : "n2");
}

TEST_F(DefragTest, NobodyMovesForAJobThatWouldNotGoFirst) {
  submit(4, R"(,"priority":5)");
  const std::string second = submit(4);
  EXPECT_FALSE(plan(second).would_start);
  EXPECT_EQ(apply(second).error().code, "defrag.not_next");
}

TEST_F(DefragTest, SaysThatThereIsNoWay) {
  ASSERT_TRUE(bench_.send("node.drain", R"({"node":"n2"})", "olga", ledger::Role::kOwner));
  const std::string wide = submit(4);
  EXPECT_EQ(plan(wide).answer, "none");
  EXPECT_EQ(apply(wide).error().code, "defrag.no_way");
  EXPECT_EQ(apply(small_).error().code, "defrag.not_waiting");
}

}  // namespace

}  // namespace fulcrum::sched
