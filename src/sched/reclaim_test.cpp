// What the ledger makes of a job that does not use its devices, and of processes without a job.
#include "sched/reclaim.h"

#include "sched/sched_fixture.h"

namespace fulcrum::sched {

namespace {

class ReclaimTest : public ::testing::Test {
 protected:
  ReclaimTest() { EXPECT_TRUE(bench.send("node.add", kNode)); }
  std::string code(const std::string& command, const std::string& body,
                   const std::string& actor = "service/dispatcher") {
    const auto reply = bench.send(command, body, actor, ledger::Role::kOwner);
    if (!reply) return reply.error().code;
    return reply->empty() ? "nothing" : "";
  }
  std::string running(const std::string& more) {
    const std::string job = job_of(bench.send(
        "job.submit", R"({"name":"j","command":["x"],"resources":{"gpus":1})" + more + "}"));
    EXPECT_TRUE(bench.send("job.start",
                           start(job, "[" + std::to_string(bench.state().jobs.size() - 1) + "]")));
    return job;
  }
  std::string notice(const std::string& job, double use) {
    return code("job.notice_idle",
                R"({"job":")" + job + R"(","attempt":1,"mean_use":)" + std::to_string(use) + "}");
  }
  const IdleNotice& idle(const std::string& job) { return bench.state().jobs.at(job).idle; }
  Bench bench;
};

TEST_F(ReclaimTest, ThePolicyIsChecked) {
  EXPECT_EQ(code("reclaim.set", R"({"below":1.5})"), "reclaim.below");
  EXPECT_EQ(code("reclaim.set", R"({"below":0.1,"grace_s":-1})"), "reclaim.time");
  EXPECT_EQ(code("reclaim.set", R"({"below":0.1,"for_s":0})"), "reclaim.time");
  EXPECT_EQ(code("reclaim.set", R"({"below":0.1})"), "");
  EXPECT_TRUE(bench.state().reclaim.dry_run);  // unless it is said
  EXPECT_EQ(code("reclaim.set", R"({"below":0.1})"), "nothing");
}

TEST_F(ReclaimTest, ANoticeSaysWhatHappensAndWhen) {
  const std::string soft = running(R"(,"preemptible":true)"), hard = running("");
  EXPECT_EQ(notice(soft, 0), "nothing");  // nobody wants it
  ASSERT_EQ(code("reclaim.set", R"({"below":0.1,"grace_s":60})"), "");
  EXPECT_EQ(notice(soft, 0.1), "nothing");
  EXPECT_EQ(code("job.notice_idle", R"({"job":")" + soft + R"(","attempt":2,"mean_use":0})"),
            "job.stale");
  EXPECT_EQ(code("job.notice_idle", R"({"job":")" + soft + R"(","attempt":1,"mean_use":0})",
                 "member/anna"),
            "job.service_only");
  EXPECT_EQ(notice(soft, 0.01), "");
  EXPECT_EQ(notice(soft, 0.01), "nothing");  // once
  EXPECT_EQ(idle(soft).deadline_us, 0);      // a dry run
  EXPECT_EQ(notice(hard, 0.01), "");
  EXPECT_EQ(idle(hard).action, ReclaimAction::kNone);
  ASSERT_EQ(code("reclaim.set", R"({"below":0.1,"grace_s":60,"dry_run":false})"), "");
  EXPECT_EQ(notice(soft, 0.01), "");  // now in earnest
  EXPECT_EQ(idle(soft).deadline_us, bench.now_us + 60'000'000);
  EXPECT_EQ(notice(hard, 0.01), "nothing");
  const auto shown = bench.ask("reclaim.show", "{}");
  EXPECT_EQ(base::get_number(shown, "would_free_devices"), 1);
  EXPECT_EQ(base::get_number(shown, "would_free_usd_per_hour"), 4);
  EXPECT_EQ(code("job.withdraw_idle", R"({"job":")" + soft + R"(","attempt":1,"mean_use":0.5})"),
            "");
  EXPECT_EQ(idle(soft).noticed_us, 0);
  EXPECT_EQ(code("job.withdraw_idle", R"({"job":")" + soft + R"(","attempt":1})"), "nothing");
}

TEST_F(ReclaimTest, SomeAreLeftOut) {
  const std::string kept = running(R"(,"preemptible":true,"job_class":"notebook")");
  ASSERT_EQ(code("reclaim.set", R"({"below":0.1,"except_classes":["notebook"]})"), "");
  EXPECT_EQ(notice(kept, 0), "nothing");
  ASSERT_EQ(code("reclaim.set", R"({"below":0.1,"except_projects":["default"]})"), "");
  EXPECT_EQ(notice(kept, 0), "nothing");
  ASSERT_EQ(code("reclaim.set", R"({"below":0.1})"), "");
  ASSERT_TRUE(bench.send("job.preempt", R"({"job":")" + kept + R"("})"));
  EXPECT_EQ(notice(kept, 0), "nothing");  // it goes already
}

TEST_F(ReclaimTest, ANoticeEndsWithTheStart) {
  const std::string job = running(R"(,"preemptible":true)");
  ASSERT_EQ(code("reclaim.set", R"({"below":0.1})"), "");
  ASSERT_EQ(notice(job, 0), "");
  ASSERT_TRUE(bench.send("job.preempt", R"({"job":")" + job + R"("})"));
  ASSERT_TRUE(bench.send("job.end", R"({"job":")" + job + R"(","attempt":1,"state":"preempted"})"));
  EXPECT_EQ(idle(job).noticed_us, 0);
}

TEST_F(ReclaimTest, AnOrphanIsRecordedOnceUntilItIsGone) {
  const std::string body = R"({"orphan":{"run":"J.2","job":"J","node":"n1","processes":3}})";
  EXPECT_EQ(code("orphan.report", body, "member/anna"), "job.service_only");
  EXPECT_EQ(code("orphan.report", body), "");
  EXPECT_EQ(code("orphan.report", body), "nothing");
  EXPECT_EQ(bench.state().orphans.at("J.2").found_us, bench.now_us);
  EXPECT_EQ(code("orphan.clear", R"({"run":"J.2"})"), "");
  EXPECT_EQ(code("orphan.clear", R"({"run":"J.2"})"), "nothing");
}

}  // namespace

}  // namespace fulcrum::sched
