// Nodes that are spoken for at some time.
#include "sched/reservation.h"

#include "sched/sched_fixture.h"

namespace fulcrum::sched {

namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;

std::string window(const std::string& name, std::int64_t from_us, std::int64_t until_us,
                   const std::string& more) {
  return R"({"reservation":")" + name + R"(","from_us":)" + std::to_string(from_us) +
         R"(,"until_us":)" + std::to_string(until_us) + "," + more + "}";
}

std::string add(Bench& bench, const std::string& body) {
  const auto reply = bench.send("reservation.add", body, "member/anna", ledger::Role::kOwner);
  return reply ? "" : reply.error().code;
}

TEST(Reservation, AreChecked) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const std::int64_t now = bench.now_us, later = now + kHourUs;
  EXPECT_EQ(add(bench, window("", now, later, R"("nodes":["n1"])")), "reservation.name");
  EXPECT_EQ(add(bench, window("a", later, now, R"("nodes":["n1"])")), "reservation.time");
  EXPECT_EQ(add(bench, window("a", 1, 2, R"("nodes":["n1"])")), "reservation.time");
  EXPECT_EQ(add(bench, window("a", now, later, R"("nodes":["n2"])")), "node.unknown");
  EXPECT_EQ(add(bench, window("a", now, later, R"("labels":{"rack":"7"})")), "reservation.nodes");
  const std::string shop = window("a", now, later, R"("nodes":["n1"],"project":"shop")");
  EXPECT_EQ(add(bench, shop), "");
  EXPECT_EQ(add(bench, shop), "");  // the same again is nothing new
  EXPECT_EQ(add(bench, window("a", now, later, R"("nodes":["n1"])")), "reservation.exists");
  EXPECT_EQ(add(bench, window("b", now, later, R"("nodes":["n1"],"project":"lab")")),
            "reservation.overlap");
  EXPECT_EQ(add(bench, window("b", later, later + 1, R"("nodes":["n1"],"project":"lab")")), "");
  EXPECT_EQ(add(bench, window("m", now, later, R"("nodes":["n1"],"reason":"a fan")")), "");
  EXPECT_TRUE(bench.send("reservation.cancel", R"({"reservation":"b"})"));
  EXPECT_EQ(bench.send("reservation.cancel", R"({"reservation":"b"})").error().code,
            "reservation.unknown");
}

TEST(Reservation, NodesAreMeantByNameOrLabelAndProjectsAreLetIn) {
  Node node = gpu_node("n1", 2);
  node.labels = {{"rack", "7"}, {"zone", "a"}};
  Reservations all;
  all["shop"] = {"shop", {}, {{"rack", "7"}}, 100, 200, "shop", ""};
  all["fans"] = {"fans", {"n1"}, {}, 150, 160, "", ""};
  all["other"] = {"other", {"n2"}, {{"rack", "7"}, {"zone", "b"}}, 0, 1000, "", ""};
  const auto off = [&](const char* project, std::int64_t from_us, std::int64_t until_us) {
    const Reservation* found = kept_off(all, node, project, from_us, until_us);
    return found ? found->reservation : "";
  };
  EXPECT_EQ(off("lab", 0, 100), "");  // ends as it begins
  EXPECT_EQ(off("lab", 0, 101), "shop");
  EXPECT_EQ(off("lab", 200, 300), "");
  EXPECT_EQ(off("shop", 0, 150), "");
  EXPECT_EQ(off("shop", 0, 151), "fans");
  EXPECT_EQ(off("lab", 155, INT64_MAX), "shop");  // the first to begin
}

TEST(Reservation, NothingStartsOnANodeThatIsKeptForOthers) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const auto submit = [&](const std::string& project) {
    return job_of(
        bench.send("job.submit", R"({"name":"j","command":["x"],"project":")" + project + R"("})"));
  };
  const std::string shop = submit("shop"), lab = submit("lab");
  ASSERT_EQ(add(bench, window("a", bench.now_us + 10, bench.now_us + kHourUs,
                              R"("nodes":["n1"],"project":"shop")")),
            "");
  bench.now_us += 20;
  EXPECT_EQ(bench.send("job.start", start(lab, "[]")).error().code, "job.reserved");
  EXPECT_TRUE(bench.send("job.start", start(shop, "[]")));
  bench.now_us += kHourUs;
  EXPECT_TRUE(bench.send("job.start", start(lab, "[]")));
}

TEST(Reservation, TheListHasCurrentAndUpcomingOnesFirst) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const std::int64_t now = bench.now_us;
  ASSERT_EQ(add(bench, window("past", now, now + 10, R"("nodes":["n1"])")), "");
  ASSERT_EQ(add(bench, window("late", now + 5 * kHourUs, now + 6 * kHourUs, R"("nodes":["n1"])")),
            "");
  ASSERT_EQ(add(bench, window("soon", now + kHourUs, now + 2 * kHourUs, R"("nodes":["n1"])")), "");
  ASSERT_EQ(add(bench, window("current", now, now + kHourUs, R"("nodes":["n1"])")), "");
  const auto list = bench.ask("reservation.list", R"({"now_us":)" + std::to_string(now + 20) + "}");
  std::string order;
  for (const auto& line : base::find_path(list, "reservations")->get_array())
    order += base::get_string(line, "reservation") + ":" + base::get_string(line, "state") + " ";
  EXPECT_EQ(order, "current:current soon:upcoming late:upcoming past:past ");
}

}  // namespace

}  // namespace fulcrum::sched
