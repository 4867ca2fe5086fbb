// Figures of the ledger, one JSON line each. Usage: ledger_bench [FOLDER] [EVENTS] [PART]
//   FOLDER  where the files go (default: the system's temporary folder); must be on a real disk
//   EVENTS  of the home that is opened and replayed (default 1000000)
//   PART    append, processor, latency or open alone (default: all)
#include <fmt/format.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <thread>

#include "control/engine/engine.h"
#include "ledger_pillar.h"
#include "measure.h"
#include "trust/signer.h"

namespace {

using namespace fulcrum;
using bench::Clock;
using bench::must;
using bench::seconds_since;
namespace json = base::json;

void print_figure(const char* bench, double value, const char* unit, const char* reference,
                  double reference_value) {
  const double ratio = reference_value > 0 ? value / reference_value : 0;
  fmt::print("{}\n", base::to_text(json::object{{"bench", bench},
                                                {"value", value},
                                                {"unit", unit},
                                                {"reference", reference},
                                                {"reference_value", reference_value},
                                                {"ratio", ratio}}));
  std::fflush(stdout);
}

/// The folder of one measurement.
class Folder {
 public:
  explicit Folder(const std::filesystem::path& parent) {
    std::string pattern = (parent / "ledger-bench-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) std::abort();
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const char* name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::unique_ptr<control::Engine> open(const Folder& folder, std::size_t group,
                                      std::uint64_t snapshot_every = UINT64_MAX) {
  auto key = must(trust::open_ledger_key(folder.path() / "keys"));
  std::vector<std::unique_ptr<ledger::Pillar>> pillars;
  pillars.push_back(bench::make_meter_pillar());
  auto store =
      must(ledger::open_sqlite_store(folder.file("ledger.db"), {pillars[0]->tables(), key.sign}));
  control::EngineOptions options;
  options.max_group_events = group;
  options.snapshot_every_events = snapshot_every;
  return must(control::open_engine(std::move(pillars), std::move(store), nullptr, options));
}

control::CommandRequest record(std::uint64_t number) {
  return {"meter.record",
          json::object{{"meter", fmt::format("hall-{}", number % 50)},
                       {"value", static_cast<std::int64_t>(number)}},
          "member/bench",
          ledger::Role::kMember,
          {}};
}

/// Submits so many commands with a bounded number in flight, and waits for the last.
void feed(control::Engine& engine, std::uint64_t commands, std::uint64_t in_flight) {
  std::atomic<std::uint64_t> done = 0;
  for (std::uint64_t i = 0; i < commands; ++i) {
    for (auto seen = done.load(); i - seen >= in_flight; seen = done.load()) done.wait(seen);
    engine.submit_async(record(i), [&](base::Result<control::CommandReply> reply) {
      must(std::move(reply));
      ++done;
      done.notify_one();
    });
  }
  for (auto seen = done.load(); seen < commands; seen = done.load()) done.wait(seen);
}

double engine_events_per_s(const std::filesystem::path& parent, std::size_t group,
                           std::uint64_t events) {
  const Folder folder(parent);
  auto engine = open(folder, group);
  const std::uint64_t commands = events / bench::kEventsPerCommand;
  const auto begin = Clock::now();
  feed(*engine, commands, 4 * group / bench::kEventsPerCommand);
  return static_cast<double>(events) / seconds_since(begin);
}

/// The reference: the same bytes into one bare table, in transactions of the same size.
double bare_rows_per_s(const std::filesystem::path& parent, std::size_t group, std::uint64_t rows) {
  const Folder folder(parent);
  sqlite3* database = nullptr;
  sqlite3_open(folder.file("bare.db").c_str(), &database);
  sqlite3_exec(database,
               "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
               "CREATE TABLE rows(seq INTEGER PRIMARY KEY, payload TEXT)",
               nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(database, "INSERT INTO rows VALUES(?, ?)", -1, &insert, nullptr);
  const std::string payload(175, 'x');
  const auto begin = Clock::now();
  for (std::uint64_t row = 0; row < rows; ++row) {
    if (row % group == 0) sqlite3_exec(database, "BEGIN", nullptr, nullptr, nullptr);
    sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(row + 1));
    sqlite3_bind_text(insert, 2, payload.data(), static_cast<int>(payload.size()), SQLITE_STATIC);
    sqlite3_step(insert);
    sqlite3_reset(insert);
    if (row % group == group - 1) sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr);
  }
  const double rate = static_cast<double>(rows) / seconds_since(begin);
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return rate;
}

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

/// Open loop: a command is due every 1/rate seconds whether or not earlier ones came back, and its
/// latency counts from when it was due.
std::vector<double> latencies_ms(const std::filesystem::path& parent, double rate,
                                 std::uint64_t commands) {
  const Folder folder(parent);
  auto engine = open(folder, 1000);
  std::vector<double> latencies(commands);
  std::atomic<std::uint64_t> done = 0;
  const auto begin = Clock::now();
  for (std::uint64_t i = 0; i < commands; ++i) {
    const auto due = begin + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(static_cast<double>(i) / rate));
    std::this_thread::sleep_until(due);
    engine->submit_async(record(i), [&, i, due](base::Result<control::CommandReply> reply) {
      must(std::move(reply));
      latencies[i] = seconds_since(due) * 1e3;
      ++done;
      done.notify_one();
    });
  }
  for (auto seen = done.load(); seen < commands; seen = done.load()) done.wait(seen);
  return latencies;
}

/// One bare commit with its sync, the least a durable reply can take here.
double bare_commit_p99_ms(const std::filesystem::path& parent) {
  const Folder folder(parent);
  sqlite3* database = nullptr;
  sqlite3_open(folder.file("bare.db").c_str(), &database);
  sqlite3_exec(database,
               "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE rows(payload TEXT)",
               nullptr, nullptr, nullptr);
  std::vector<double> times;
  for (int i = 0; i < 2000; ++i) {
    const auto begin = Clock::now();
    sqlite3_exec(database, "INSERT INTO rows VALUES('x')", nullptr, nullptr, nullptr);
    times.push_back(seconds_since(begin) * 1e3);
  }
  sqlite3_close(database);
  return percentile(times, 0.99);
}

/// Sums the payloads' sizes straight from the table: the least that reading them can take.
double bare_scan_s(const Folder& folder) {
  sqlite3* database = nullptr;
  sqlite3_open(folder.file("ledger.db").c_str(), &database);
  const auto begin = Clock::now();
  sqlite3_exec(database, "SELECT sum(length(payload)) FROM events", nullptr, nullptr, nullptr);
  const double took = seconds_since(begin);
  sqlite3_close(database);
  return took;
}

void measure_opening(const std::filesystem::path& parent, std::uint64_t events) {
  const Folder folder(parent);
  {
    auto engine = open(folder, 1000);
    feed(*engine, events / bench::kEventsPerCommand, 400);
  }
  double replay_s = 1e9, scan_s = 1e9, open_s = 1e9;
  for (int round = 0; round < 3; ++round) {
    scan_s = std::min(scan_s, bare_scan_s(folder));
    const auto begin = Clock::now();
    auto engine = open(folder, 1000);
    replay_s = std::min(replay_s, seconds_since(begin));
    if (round == 2) must(engine->snapshot());
  }
  for (int round = 0; round < 3; ++round) {
    const auto begin = Clock::now();
    auto engine = open(folder, 1000);
    open_s = std::min(open_s, seconds_since(begin));
  }
  const auto count = static_cast<double>(events);
  print_figure("ledger.replay", count / replay_s, "events/s", "bare scan of the payloads",
               count / scan_s);
  print_figure("ledger.open_without_snapshot", replay_s, "s", "bare scan of the payloads", scan_s);
  print_figure("ledger.open_with_snapshot", open_s, "s", "open without snapshot", replay_s);
}

/// Processor time of all threads, which a busy machine changes less than the time on the wall.
double cpu_s() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void measure_processor(const std::filesystem::path& parent) {
  constexpr std::uint64_t kEvents = 200'000;
  double best_us = 1e9, bare_us = 1e9;
  for (int round = 0; round < 3; ++round) {
    double begin = cpu_s();
    bare_rows_per_s(parent, 1000, kEvents);
    bare_us = std::min(bare_us, (cpu_s() - begin) * 1e6 / kEvents);
    begin = cpu_s();
    engine_events_per_s(parent, 1000, kEvents);
    best_us = std::min(best_us, (cpu_s() - begin) * 1e6 / kEvents);
  }
  print_figure("ledger.processor_time_per_event", best_us, "us", "bare table insert", bare_us);
}

void measure_appending(const std::filesystem::path& parent) {
  for (const std::size_t group : {1000, 100}) {
    double best = 0, bare = 0;
    for (int round = 0; round < 3; ++round) {
      bare = std::max(bare, bare_rows_per_s(parent, group, 200'000));
      best = std::max(best, engine_events_per_s(parent, group, 200'000));
    }
    print_figure(group == 1000 ? "ledger.append_groups_of_1000" : "ledger.append_groups_of_100",
                 best, "events/s", "bare table insert, same transactions", bare);
  }
}

void measure_latency(const std::filesystem::path& parent) {
  std::vector<double> latencies;
  double bare = 1e9;
  for (int round = 0; round < 3; ++round) {
    bare = std::min(bare, bare_commit_p99_ms(parent));
    auto measured = latencies_ms(parent, 2000, 10'000);
    if (latencies.empty() || percentile(measured, 0.99) < percentile(latencies, 0.99))
      latencies = std::move(measured);
  }
  print_figure("ledger.submit_p50_at_2000_per_s", percentile(latencies, 0.5), "ms",
               "one bare commit, p99", bare);
  print_figure("ledger.submit_p99_at_2000_per_s", percentile(latencies, 0.99), "ms",
               "one bare commit, p99", bare);
}

}  // namespace

int main(int count, char** arguments) {
  const std::filesystem::path parent =
      count > 1 ? std::filesystem::path(arguments[1]) : std::filesystem::temp_directory_path();
  const std::uint64_t events = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1'000'000;
  const std::string_view part = count > 3 ? arguments[3] : "all";
  if (part == "all" || part == "append") measure_appending(parent);
  if (part == "all" || part == "processor") measure_processor(parent);
  if (part == "all" || part == "latency") measure_latency(parent);
  if (part == "all" || part == "open") measure_opening(parent, events);
  return 0;
}
