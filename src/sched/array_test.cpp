// Job arrays: many jobs of one submission, a few at a time, listed and cancelled as a whole.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "base/codec.h"
#include "sched/arrays.h"
#include "sched/sched_fixture.h"

namespace fulcrum::sched {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string code_of(const std::string& text) {
  const auto range = parse_array(text);
  return range ? "" : range.error().code;
}

std::string submit(Bench& bench, const std::string& more) {
  return job_of(bench.send("job.submit",
                           R"({"name":"j","command":["x"],"resources":{"gpus":1})" + more + "}"));
}

/// What would start now, by the index in its array.
std::vector<std::string> would_start(const Bench& bench) {
  Cache cache;
  std::vector<std::string> ids;
  for (const auto& placement : schedule(view_of(bench.state(), bench.now_us), {}, cache).placements)
    ids.push_back(placement.job);
  return ids;
}

void start_all(Bench& bench) {
  Cache cache;
  for (const auto& placement : schedule(view_of(bench.state(), bench.now_us), {}, cache).placements)
    ASSERT_TRUE(
        bench.send("job.start", R"({"job":")" + placement.job + R"(","node":"n1","devices":[)" +
                                    std::to_string(placement.taken.devices.front()) + "]}"));
}

void end(Bench& bench, const std::string& job, const std::string& state = "succeeded") {
  ASSERT_TRUE(
      bench.send("job.end", R"({"job":")" + job + R"(","attempt":1,"state":")" + state + R"("})"));
}

void add_node(Bench& bench, std::uint32_t gpus) {
  ASSERT_TRUE(bench.send("node.add", base::to_text(base::encode(gpu_node("n1", gpus)))));
}

base::json::value array_of(Bench& bench, const std::string& array) {
  return bench.ask("job.show", R"({"job":")" + array + R"("})");
}

TEST(Array, TheRangeIsChecked) {
  for (const char* good : {"0-99", "3-3", "1-10%2", "0-9999%1"})
    EXPECT_EQ(code_of(good), "") << good;
  for (const char* bad : {"", "5", "5-", "-5", "5-4", "0-10000", "0-9%0", "0-9%", "0-9%x", "a-b",
                          "0-9 ", "0-4294967296"})
    EXPECT_EQ(code_of(bad), "job.array") << bad;
  Bench bench;
  add_node(bench, 4);
  const auto refused = bench.send("job.submit", R"({"name":"j","command":["x"],"array":"9-1"})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "array");
}

TEST(Array, OneEventManyJobs) {
  Bench bench;
  add_node(bench, 4);
  const auto before = bench.store->size();
  const std::string id = submit(bench, R"(,"array":"5-7")");
  EXPECT_EQ(bench.store->size(), before + 1);
  EXPECT_THAT(would_start(bench), ElementsAre(id + "_5", id + "_6", id + "_7"));
  const OpenJob& job = bench.state().jobs.at(id + "_6");
  EXPECT_EQ(job.spec.name, "j[6]");
  EXPECT_EQ(job.array, id);
  EXPECT_EQ(job.array_index, 6U);
}

TEST(Array, NoMoreThanItsLimitGoAtOnceAndWhySaysSo) {
  Bench bench;
  add_node(bench, 4);
  const std::string id = submit(bench, R"(,"array":"0-4%2")");
  EXPECT_THAT(would_start(bench), ElementsAre(id + "_0", id + "_1"));
  start_all(bench);
  EXPECT_THAT(would_start(bench), IsEmpty());
  const auto why = bench.ask("job.why", R"({"job":")" + id + R"("})");
  EXPECT_EQ(base::get_string(why, "job"), id + "_2");
  const auto* reason = base::find_path(why, "reason");
  ASSERT_NE(reason, nullptr);
  EXPECT_EQ(base::get_string(*reason, "code"), "array_limit");
  EXPECT_EQ(base::get_integer(*reason, "need"), 2);
  EXPECT_EQ(base::get_string(*base::find_path(why, "unblock"), "when"), "array_job_ends");
  end(bench, id + "_1");
  EXPECT_THAT(would_start(bench), ElementsAre(id + "_2"));
  end(bench, id + "_0", "failed");
  EXPECT_THAT(would_start(bench), ElementsAre(id + "_2", id + "_3"));
}

TEST(Array, TheLimitHoldsInTheLedgerToo) {
  Bench bench;
  add_node(bench, 4);
  const std::string id = submit(bench, R"(,"array":"0-4%1")");
  start_all(bench);
  const auto refused = bench.send("job.start", start(id + "_1", "[1]"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "job.stale");
}

TEST(Array, CancelledAsAWholeOrOneByOne) {
  Bench bench;
  add_node(bench, 4);
  const std::string id = submit(bench, R"(,"array":"0-4%2")");
  start_all(bench);
  ASSERT_TRUE(bench.send("job.cancel", R"({"job":")" + id + R"(_3"})"));
  ASSERT_TRUE(bench.send("job.cancel", R"({"job":")" + id + R"("})"));
  EXPECT_EQ(bench.state().jobs.size(), 2U);  // they run, and are asked to stop
  for (const auto& [job, open] : bench.state().jobs) EXPECT_TRUE(open.cancel_requested) << job;
  end(bench, id + "_0", "cancelled");
  end(bench, id + "_1", "succeeded");
  EXPECT_TRUE(bench.state().arrays.empty());
  const auto shown = array_of(bench, id);
  EXPECT_EQ(base::get_integer(shown, "succeeded"), 1);
  EXPECT_EQ(base::get_integer(shown, "failed"), 4);
  EXPECT_EQ(base::get_integer(shown, "waiting"), 0);
  EXPECT_EQ(base::get_integer(shown, "ended_us"), bench.now_us);
}

TEST(Array, AJobWaitsForAllOfIt) {
  Bench bench;
  add_node(bench, 4);
  const std::string id = submit(bench, R"(,"array":"0-1")");
  const std::string next = submit(bench, R"(,"depends_on":[")" + id + R"("])");
  start_all(bench);
  end(bench, id + "_1");
  EXPECT_THAT(would_start(bench), IsEmpty());
  end(bench, id + "_0");
  EXPECT_THAT(would_start(bench), ElementsAre(next));
  const std::string later = submit(bench, R"(,"depends_on":[")" + id + R"("])");
  EXPECT_EQ(bench.state().jobs.at(later).phase, JobPhase::kQueued);
}

TEST(Array, WhoWaitsForOneThatFailedInPartIsCancelledAtOnce) {
  Bench bench;
  add_node(bench, 4);
  const std::string id = submit(bench, R"(,"array":"0-2")");
  const std::string next = submit(bench, R"(,"array":"0-1","depends_on":[")" + id + R"("])");
  const std::string last = submit(bench, R"(,"depends_on":[")" + next + R"("])");
  start_all(bench);
  end(bench, id + "_1", "failed");
  EXPECT_EQ(bench.state().jobs.size(), 2U);  // the others of the first go on
  EXPECT_FALSE(bench.state().jobs.contains(last));
  const auto refused =
      bench.send("job.submit", R"({"name":"j","command":["x"],"depends_on":[")" + id + R"("]})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "job.dependency_failed");
}

TEST(Array, HeldAndReleasedAsAWhole) {
  Bench bench;
  add_node(bench, 4);
  const std::string id = submit(bench, R"(,"array":"0-3%3","held":true)");
  EXPECT_THAT(would_start(bench), IsEmpty());
  ASSERT_TRUE(bench.send("job.release", R"({"job":")" + id + R"("})"));
  EXPECT_THAT(would_start(bench), ElementsAre(id + "_0", id + "_1", id + "_2"));
  const auto listed = bench.ask("job.list", R"({"state":"queued","array":")" + id + R"("})");
  EXPECT_EQ(base::find_path(listed, "jobs")->get_array().size(), 4U);
  const auto arrays = bench.ask("array.list", "{}");
  EXPECT_EQ(base::find_path(arrays, "arrays")->get_array().size(), 1U);
}

/// Over any starts, ends and losses: the limit holds, nobody is forgotten, and a state that was
/// saved and read again goes on in the same way.
RC_GTEST_PROP(Array, TheLimitHoldsAndAllGetTheirTurn, ()) {
  Bench bench;
  add_node(bench, 4);
  const auto jobs = *rc::gen::inRange(1, 12);
  const auto limit = *rc::gen::inRange(1, 5);
  const std::string id =
      submit(bench, R"(,"preemptible":true,"array":"0-)" + std::to_string(jobs - 1) + "%" +
                        std::to_string(limit) + R"(")");
  for (int step = 0; step < 200 && !bench.state().jobs.empty(); ++step) {
    start_all(bench);
    std::vector<const OpenJob*> running;
    std::size_t going = 0;
    for (const auto& [job, open] : bench.state().jobs) {
      if (open.phase == JobPhase::kRunning) running.push_back(&open);
      if (open.phase != JobPhase::kBlocked) ++going;
    }
    RC_ASSERT(going ==
              std::min<std::size_t>(static_cast<std::size_t>(limit), bench.state().jobs.size()));
    RC_ASSERT(bench.state().arrays.at(id).active == going);
    const auto saved = base::decode<State>(base::encode(bench.state()), "state");
    RC_ASSERT(saved.has_value());
    RC_ASSERT(base::to_text(base::encode(*saved)) == base::to_text(base::encode(bench.state())));
    const OpenJob& one = *running[*rc::gen::inRange<std::size_t>(0, running.size())];
    const std::string job = one.id;
    const std::string attempt = std::to_string(one.attempt);
    const bool moves = one.attempt < 3 && *rc::gen::arbitrary<bool>();
    if (moves) RC_ASSERT(bench.send("job.preempt", R"({"job":")" + job + R"("})").has_value());
    RC_ASSERT(bench
                  .send("job.end", R"({"job":")" + job + R"(","attempt":)" + attempt +
                                       R"(,"state":")" + (moves ? "preempted" : "succeeded") +
                                       R"("})")
                  .has_value());
  }
  RC_ASSERT(bench.state().jobs.empty());
  RC_ASSERT(bench.state().arrays.empty());
}

}  // namespace

}  // namespace fulcrum::sched
