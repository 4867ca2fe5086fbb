// SIGKILL at random moments, again and again on one home, with the client outside: nothing that
// was acknowledged is lost, and nothing happens twice.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <map>
#include <random>
#include <sstream>

#include "base/files.h"
#include "base/hash.h"
#include "ledger/store.h"
#include "ledger/verify.h"
#include "team/pillar.h"

namespace fulcrum::test {
namespace {

constexpr int kRounds = 200;
constexpr std::size_t kInFlight = 16;

/// The process under test, with pipes to its ends.
class Child {
 public:
  explicit Child(const std::filesystem::path& home) {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) std::abort();
    const std::string program = std::string(FULCRUM_BIN_DIR) + "/faults_crash_child";
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::execl(program.c_str(), program.c_str(), home.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
  }
  ~Child() {
    kill();
    ::close(to_);
    ::close(from_);
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  bool send(const std::string& line) {
    return ::write(to_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  }
  /// Whole lines that came within the time; an empty result and `closed` at the end.
  std::vector<std::string> read_lines(int timeout_ms) {
    std::vector<std::string> lines;
    pollfd waiting{from_, POLLIN, 0};
    if (::poll(&waiting, 1, timeout_ms) <= 0) return lines;
    char buffer[4096];
    const ssize_t size = ::read(from_, buffer, sizeof buffer);
    is_closed = size <= 0;
    if (size > 0) rest_.append(buffer, static_cast<std::size_t>(size));
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
      lines.push_back(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
    return lines;
  }
  bool is_closed = false;

 private:
  pid_t pid_ = 0;
  int to_ = -1, from_ = -1;
  std::string rest_;
};

class CrashTest : public testing::Test {
 protected:
  CrashTest() {
    ::signal(SIGPIPE, SIG_IGN);
    std::string pattern =
        (std::filesystem::temp_directory_path() / "fulcrum-crash-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) std::abort();
    home_ = pattern;
  }
  ~CrashTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
  }

  /// Takes in what the child said.
  void hear(const std::vector<std::string>& lines) {
    for (const auto& line : lines) {
      std::istringstream words(line);
      std::string verb, id;
      std::uint64_t number = 0, notes = 0;
      words >> verb >> id;
      if (verb == "ready") {
        words >> notes;
        number = std::stoull(id);
        EXPECT_EQ(number, notes) << "state and events differ after a restart";
        EXPECT_GE(number, acknowledged_.size());
        is_ready_ = true;
      } else if (verb == "ok") {
        words >> number;
        const auto [known, is_new] = acknowledged_.emplace(id, number);
        EXPECT_TRUE(is_new || known->second == number) << id << " happened twice";
        unanswered_.erase(id);
      } else {
        ADD_FAILURE() << line;
      }
    }
  }

  void run_round(std::int64_t life_us) {
    Child child(home_);
    is_ready_ = false;
    while (!is_ready_ && !child.is_closed) hear(child.read_lines(10'000));
    ASSERT_TRUE(is_ready_) << "the engine did not start";
    // What was not answered before the last kill is sent again under its key.
    for (const auto& [id, text] : unanswered_) child.send(id + " " + text + "\n");
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(life_us);
    while (std::chrono::steady_clock::now() < end) {
      while (unanswered_.size() < kInFlight) {
        const std::string id = fmt::format("key-{:06}", next_++);
        unanswered_.emplace(id, "text of " + id);
        child.send(id + " text of " + id + "\n");
      }
      hear(child.read_lines(1));
    }
    child.kill();
    while (!child.is_closed) hear(child.read_lines(1000));
  }

  std::filesystem::path home_;
  std::map<std::string, std::uint64_t> acknowledged_;  // key → seq
  std::map<std::string, std::string> unanswered_;
  int next_ = 0;
  bool is_ready_ = false;
};

TEST_F(CrashTest, NothingAcknowledgedIsLostAndNothingHappensTwice) {
  const unsigned seed = std::random_device()();
  fmt::print("seed {}\n", seed);
  std::mt19937 random(seed);
  for (int round = 0; round < kRounds; ++round) {
    run_round(static_cast<std::int64_t>(random() % 60'000));
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(acknowledged_.size(), 200u);
  fmt::print("{} rounds, {} commands acknowledged\n", kRounds, acknowledged_.size());

  auto store = ledger::open_sqlite_store((home_ / "ledger.db").string(),
                                         {team::make_pillar()->tables(), {}});
  ASSERT_TRUE(store) << base::describe(store.error());
  std::map<std::string, std::uint64_t> stored;
  ASSERT_TRUE((*store)->read(1, 0, [&](const ledger::Event& event) {
    EXPECT_TRUE(stored.emplace(event.command_id, event.seq).second)
        << event.command_id << " is stored twice";
    EXPECT_NE(event.payload.find("text of " + event.command_id), std::string::npos);
    return true;
  }));
  for (const auto& [id, seq] : acknowledged_) {
    ASSERT_TRUE(stored.contains(id)) << id << " was acknowledged and is lost";
    EXPECT_EQ(stored[id], seq);
  }
  for (const auto& [id, seq] : stored)
    EXPECT_TRUE(acknowledged_.contains(id) || unanswered_.contains(id)) << id << " was never sent";
  EXPECT_EQ(*(*store)->tables().count({.table = "team_notes"}), stored.size());
  auto public_key = *base::read_file(home_ / "keys/ledger.pub");
  public_key.pop_back();
  const auto report = ledger::verify(**store, {.public_keys = {*base::from_hex(public_key)}});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok) << report->reason;
}

}  // namespace
}  // namespace fulcrum::test
