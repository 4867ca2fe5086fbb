// A live sequence and the twin's replay of its job history start the same jobs at the same moments
// on the same nodes and devices.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "base/codec.h"
#include "sched/mirror.h"
#include "sched/sched_fixture.h"
#include "sched/trace/ledger.h"
#include "sched/twin/own_nodes.h"
#include "sched/twin/replay.h"

namespace fulcrum::sched {

namespace {

namespace json = base::json;
constexpr std::int64_t kSecond = 1'000'000;

struct Start {
  double at_s = 0;    // from the first submission
  std::string place;  // "node:devices" of each task
  bool operator==(const Start&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Start& start) {
  return out << start.at_s << " s on " << start.place;
}

struct Policies {
  const char *order, *place, *backfill;
};
constexpr Policies kPolicies[] = {
    {"fifo", "first_fit", "none"},       {"fifo", "tightest", "easy"},
    {"sjf", "best_fit", "none"},         {"priority", "packing", "easy"},
    {"smith", "tightest", "none"},       {"fair_share", "tightest", "none"},
    {"round_robin", "tightest", "none"},
};

/// Commands at whole seconds: submissions, what schedule() says, ends when a job has run its time.
/// Like the twin it looks only when something happened: under fair share the order also changes as
/// time passes, and a pass in between could start somebody sooner.
class Live {
 public:
  Live(std::uint64_t seed, const Policies& policies) : random_(seed) {
    nodes_ = 1 + random_.below(4);
    cores_ = random_.below(4) == 0;
    for (std::uint64_t i = 0; i < nodes_; ++i) add_node("n" + std::to_string(i));
    send("policy.set", json::object{{"policy", policies.order},
                                    {"place", policies.place},
                                    {"backfill", policies.backfill}});
  }

  void play(std::uint64_t jobs) {
    while (jobs > 0 || !endings_.empty() || !held_.empty()) {
      bench_.now_us += kSecond;
      bool something = false;
      while (!endings_.empty() && endings_.begin()->first == bench_.now_us) {
        send("job.end",
             json::object{
                 {"job", endings_.begin()->second}, {"attempt", 1}, {"state", "succeeded"}});
        endings_.erase(endings_.begin());
        something = true;
      }
      for (; !held_.empty() && random_.below(4) == 0; something = true) release();
      for (; jobs > 0 && random_.below(3) == 0; --jobs) something = submit() || something;
      if (something) pass();
    }
  }

  json::value history() { return bench_.ask("job.list", R"({"limit": 100000})"); }
  json::value nodes() { return bench_.ask("node.list", "{}"); }
  Policy policy() const { return policy_of(view_of(bench_.state(), bench_.now_us)); }
  std::vector<std::pair<std::string, Start>> starts() const {  // by job, in order
    auto found = starts_;
    for (auto& [job, start] : found)
      start.at_s -= static_cast<double>(first_us_) / static_cast<double>(kSecond);
    return found;
  }

 private:
  void send(const char* command, const json::object& body) {
    const auto reply = bench_.send(command, base::to_text(body));
    ASSERT_TRUE(reply) << base::describe(reply.error());
  }
  void add_node(const std::string& name) {
    json::array devices;
    const char* model = random_.below(2) == 0 ? "V100" : "P100";
    for (int i = 0; i < 4; ++i)
      devices.push_back(json::object{{"index", i}, {"model", cores_ ? "core" : model}});
    send("node.add", json::object{{"name", name},
                                  {"device_kind", cores_ ? "core" : "gpu"},
                                  {"cpu_milli", cores_ ? 4000 : 16000},
                                  {"memory_bytes", std::int64_t{64} << 30},
                                  {"custom", json::object{{"licence", 2}, {"port", 4}}},
                                  {"devices", std::move(devices)}});
    if (!cores_) models_.insert(model);
  }

  /// Could it start?
  bool submit() {
    json::object demand{{"cpu_milli", 500 * random_.below(8)},
                        {"memory_bytes", static_cast<std::int64_t>(random_.below(40)) << 30}};
    const std::uint64_t gpus = cores_ ? 0 : random_.below(5);
    demand["gpus"] = gpus;
    if (gpus == 1 && random_.below(2) == 0) demand["gpu_milli"] = 300;
    const std::string owner = "o" + std::to_string(random_.below(3));
    if (gpus > 0 && random_.below(3) == 0)
      demand["gpu_model"] = random_.below(3) == 0 ? "A100|" + *models_.begin() : *models_.begin();
    if (random_.below(3) == 0)
      demand["custom"] = json::object{{random_.below(2) == 0 ? "licence" : "port", 1}};
    const double run_s = 1 + static_cast<double>(random_.below(40));
    const double said_s = run_s * (1 + static_cast<double>(random_.below(3)));
    run_s_["j" + std::to_string(run_s_.size())] = run_s;
    json::object body{{"name", "j" + std::to_string(run_s_.size() - 1)},
                      {"owner", owner},
                      {"priority", 1 + random_.below(3)},
                      {"resources", std::move(demand)},
                      {"predicted_s", said_s},
                      {"command", json::array{"true"}}};
    // One in six waits for an open job; it comes when that has succeeded.
    // All owners have been seen by then: two that come in one moment have no order in the
    // history, and their number decides between owners who are equal.
    const bool calm = owners_.size() == 3;
    const bool waits = calm && !endings_.empty() && random_.below(6) == 0;
    if (waits) body["depends_on"] = json::array{endings_.begin()->second};
    const bool held = calm && !waits && random_.below(8) == 0;
    if (held) body["held"] = true;
    const auto reply = bench_.send("job.submit", base::to_text(body));
    EXPECT_TRUE(reply) << base::describe(reply.error());
    if (held) held_.push_back(reply->front().substr(4));
    if (!held && first_us_ == 0) first_us_ = bench_.now_us;
    owners_.insert(owner);
    return !held && !waits;
  }

  void release() {
    send("job.release", json::object{{"job", held_.back()}});
    held_.pop_back();
    if (first_us_ == 0) first_us_ = bench_.now_us;
  }

  void pass() {
    const Delta delta{&bench_.state().changes, false};
    const auto next = schedule(view_of(bench_.state(), bench_.now_us), delta, cache_);
    for (const auto& placement : next.placements) {
      json::array devices;
      Start start{static_cast<double>(bench_.now_us) / static_cast<double>(kSecond), ""};
      start.place = placement.node + ":";
      for (const auto position : placement.taken.devices) {
        devices.push_back(position);
        if (!cores_) start.place += std::to_string(position) + " ";
      }
      const std::string name = bench_.state().jobs.at(placement.job).spec.name;
      send("job.start",
           json::object{
               {"job", placement.job}, {"node", placement.node}, {"devices", std::move(devices)}});
      starts_.emplace_back(name, start);
      endings_.emplace(bench_.now_us + static_cast<std::int64_t>(run_s_.at(name)) * kSecond,
                       placement.job);
    }
  }

  base::Random random_;
  Bench bench_;
  Cache cache_;
  std::uint64_t nodes_ = 0;
  bool cores_ = false;
  std::int64_t first_us_ = 0;  // when the first job could have started
  std::map<std::string, double> run_s_;
  std::set<std::string> models_, owners_;
  std::vector<std::string> held_;
  std::set<std::pair<std::int64_t, std::string>> endings_;
  std::vector<std::pair<std::string, Start>> starts_;
};

/// The same from the history alone.
std::vector<std::pair<std::string, Start>> replayed(const json::array& rows,
                                                    const json::array& nodes,
                                                    const Policy& policy) {
  const auto size = cluster_of_nodes(nodes, false);
  const auto trace = trace_of_history(rows, {.simulated = false, .cores = false});
  if (!size || !trace) return {};
  Cluster cluster = make_cluster(*size, *trace);
  const Workload workload = make_workload(*trace, *size, cluster, Prediction::kGiven);
  std::vector<std::pair<std::string, Start>> starts;
  std::vector<std::size_t> jobs;
  const Replay run =
      replay(cluster, workload, {.policy = policy, .typical = {}},
             [&](const Brain&, JobIndex job, const std::vector<Held>& held) {
               const auto line = static_cast<std::size_t>(trace->jobs[job].line);
               Start start;
               start.place = "n" + std::to_string(held.front().node) + ":";
               for (int i = 0; i < kMaxDevices; ++i)
                 if ((held.front().devices >> i & 1U) != 0) start.place += std::to_string(i) + " ";
               starts.emplace_back(base::get_string(rows[rows.size() - line], "name"), start);
               jobs.push_back(job);
             });
  for (std::size_t i = 0; i < starts.size(); ++i) starts[i].second.at_s = run.start_s[jobs[i]];
  return starts;
}

}  // namespace

RC_GTEST_PROP(History, TheTwinReplaysWhatTheLiveSchedulerDid, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  for (const Policies& policies : kPolicies) {
    Live live(seed, policies);
    live.play(60);
    const json::value history = live.history(), nodes = live.nodes();
    const auto twin =
        replayed(history.at("jobs").as_array(), nodes.at("nodes").as_array(), live.policy());
    const auto real = live.starts();
    RC_ASSERT(real.size() == 60U);
    RC_LOG() << "seed " << seed << ", " << policies.order << ", " << policies.backfill << "\n";
    RC_ASSERT(twin.size() == real.size());
    for (std::size_t i = 0; i < real.size(); ++i) RC_ASSERT(twin[i] == real[i]);
  }
}

TEST(History, LeavesOutWhatNeverRanAndSaysSo) {
  const auto rows = base::parse_json(
      R"([{"job":"d","owner":"a","project":"p","submitted_us":9000000,"started_us":9000000,"ended_us":0},
          {"job":"c","owner":"a","project":"p","submitted_us":7000000,"started_us":null,"ended_us":8000000},
          {"job":"s","owner":"a","simulated":1,"submitted_us":1,"started_us":2,"ended_us":3},
          {"job":"b","owner":"b","project":"p","gpus":2,"gpu_milli":1000,"tasks":2,"priority":3.0,
           "time_limit_s":60.0,"submitted_us":6000000,"started_us":6500000,"ended_us":16500000},
          {"job":"a","owner":"a","project":"p","cpu_milli":1500,"tasks":1,"priority":1.0,
           "predicted_s":4.0,"submitted_us":5000000,"started_us":5000000,"ended_us":8000000}])",
      "rows");
  ASSERT_TRUE(rows);
  const auto trace = trace_of_history(rows->as_array(), {.simulated = false, .cores = true});
  ASSERT_TRUE(trace) << base::describe(trace.error());
  ASSERT_EQ(trace->jobs.size(), 2U);
  EXPECT_EQ(trace->skipped, (std::map<std::string, std::size_t>{
                                {"not ended", 1}, {"never started", 1}, {"simulated jobs", 1}}));
  const TraceJob &a = trace->jobs[0], &b = trace->jobs[1];
  EXPECT_EQ(a.submit_s, 0);
  EXPECT_EQ(a.duration_s, 3);
  EXPECT_EQ(a.predicted_s, 4);
  EXPECT_EQ(a.devices, 2U);  // cores, rounded up
  EXPECT_EQ(b.submit_s, 1);
  EXPECT_EQ(b.duration_s, 10);
  EXPECT_EQ(b.limit_s, 60);
  EXPECT_EQ(b.priority, 3);
  EXPECT_EQ(b.devices, 4U);
  EXPECT_EQ(trace->groups[b.group], "b");
  EXPECT_EQ(trace->users[b.user], "b in p");

  const auto simulated = trace_of_history(rows->as_array(), {.simulated = true, .cores = true});
  ASSERT_TRUE(simulated);
  EXPECT_EQ(simulated->jobs.size(), 1U);
  EXPECT_EQ(trace_of_history({}, {}).error().code, "trace.empty");
}

}  // namespace fulcrum::sched
