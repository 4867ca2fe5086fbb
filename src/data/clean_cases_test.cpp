// Small logs written by hand, for rules that weigh one row against others.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "base/random.h"
#include "data/cleaner.h"
#include "data/session_clock.h"

namespace fulcrum::data {
namespace {

namespace json = base::json;
namespace fs = std::filesystem;

TEST(SessionClock, BearsOutWhatEndsWithTheNextClick) {
  EXPECT_EQ(clock_says(1800, 1802), ClockSays::kBorneOut);
  EXPECT_EQ(clock_says(1800, 1799.95), ClockSays::kBorneOut);  // rounded
  EXPECT_EQ(clock_says(1800, 40), ClockSays::kContradicted);
  EXPECT_EQ(clock_says(20, 300), ClockSays::kNothing);  // a pause
}

/// A log of calm sessions: six clicks each, a price that belongs to the item.
class CleanCases : public testing::Test {
 protected:
  void SetUp() override {
    for (int session = 0; session < 80; ++session) {
      std::int64_t time_us = 1'770'000'000'000'000 + session * 3'600'000'000LL;
      for (int click = 0; click < 6; ++click) {
        const double dwell_s = std::round(10 * 20 * std::exp(0.6 * random_.normal())) / 10;
        const int item = static_cast<int>(random_.below(20));
        add(session, time_us, item, dwell_s, "Shop/1.0", 5.0 + item);
        time_us += static_cast<std::int64_t>((dwell_s + 1 + random_.uniform()) * 1e6);
      }
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::size_t add(int session, std::int64_t time_us, int item, double dwell_s,
                  const std::string& agent, double price) {
    rows_.push_back({{"event_id", fmt::format("e{:05}", rows_.size())},
                     {"time", base::iso_time(time_us)},
                     {"session", fmt::format("s{:04}", session)},
                     {"user", fmt::format("u{:03}", session % 30)},
                     {"item", fmt::format("i{:03}", item)},
                     {"price", price},
                     {"dwell_s", dwell_s},
                     {"agent", agent}});
    return rows_.size() - 1;
  }

  /// The rule that dropped each row, "" where it was kept.
  std::vector<std::string> dropped_by() {
    fs::create_directories(folder_);
    {
      std::ofstream file(folder_ / "events.jsonl");
      for (const auto& row : rows_) file << base::to_text(row) << "\n";
    }
    CleanSettings settings;
    settings.skip_rules = {"bots"};
    const auto cleaned = clean(settings, {{"events", folder_}});
    EXPECT_TRUE(cleaned.has_value());
    std::vector<std::string> rules;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const int by = (*cleaned)->judgement.dropped_by(row);
      rules.push_back(by < 0 ? "" : (*cleaned)->judgement.rules()[static_cast<std::size_t>(by)]);
    }
    return rules;
  }

  static constexpr std::int64_t kLater_us = 1'770'400'000'000'000;
  base::Random random_{20};
  std::vector<json::object> rows_;
  const fs::path folder_ =
      fs::temp_directory_path() / fmt::format("fulcrum-clean-cases-{}", ::getpid());
};

TEST_F(CleanCases, APageLeftOpenIsKeptAndAnImpossibleTimeIsNot) {
  std::vector<std::size_t> open, last, impossible;
  for (int i = 0; i < 12; ++i) {
    const std::int64_t time_us = kLater_us + i * 3'600'000'000LL;
    open.push_back(add(100 + i, time_us, i, 1500 + 60 * i, "Shop/1.0", 5.0 + i));
    add(100 + i, time_us + (1502 + 60 * i) * 1'000'000LL, i, 21.5, "Shop/1.0", 5.0 + i);
  }
  for (int i = 0; i < 3; ++i)
    last.push_back(add(120 + i, kLater_us + i * 3'600'000'000LL, i, 1900, "Shop/1.0", 5.0 + i));
  for (int i = 0; i < 3; ++i) {
    const std::int64_t time_us = kLater_us + i * 3'600'000'000LL;
    impossible.push_back(add(130 + i, time_us, i, 1900, "Shop/1.0", 5.0 + i));
    add(130 + i, time_us + 30'000'000, i, 21.5, "Shop/1.0", 5.0 + i);
    impossible.push_back(add(140 + i, time_us, i, 4e6, "Shop/1.0", 5.0 + i));
  }
  const auto by = dropped_by();
  for (const auto row : open) EXPECT_EQ(by[row], "") << row;
  for (const auto row : last) EXPECT_EQ(by[row], "") << row;
  for (const auto row : impossible) EXPECT_EQ(by[row], "ranges") << row;
  EXPECT_EQ(std::count(by.begin(), by.end(), "ranges"), std::ssize(impossible));
}

TEST_F(CleanCases, ASenderThatIsMostlyWrongIsNotBelievedInTheRest) {
  std::vector<std::size_t> broken, sound;
  for (int i = 0; i < 20; ++i) {
    const std::int64_t time_us = kLater_us + i * 3'600'000'000LL;
    // Five of twenty prices look right; the others are ten times too high.
    broken.push_back(add(200 + i, time_us, i, 15 + i, "Shop/1.1", (5.0 + i) * (i % 4 ? 10 : 1)));
    // A sender with few mistakes loses only these.
    sound.push_back(add(300 + i, time_us, i, 15 + i, "Shop/0.9", (5.0 + i) * (i == 7 ? 10 : 1)));
  }
  const auto by = dropped_by();
  for (const auto row : broken) EXPECT_NE(by[row], "") << row;
  EXPECT_EQ(std::count(by.begin(), by.end(), "senders"), 5);
  for (std::size_t i = 0; i < sound.size(); ++i)
    EXPECT_EQ(by[sound[i]].empty(), i != 7) << i << " " << by[sound[i]];
}

TEST_F(CleanCases, WhereMistakesAreEverywhereNoSenderIsToBlame) {
  for (std::size_t row = 0; row < rows_.size(); ++row)
    if (row % 4 == 0) rows_[row]["price"] = -1;
  std::vector<std::size_t> sender;
  for (int i = 0; i < 20; ++i)
    sender.push_back(
        add(200 + i, kLater_us + i * 3'600'000'000LL, i, 15 + i, "Shop/1.1", i % 4 ? -1 : 5.0 + i));
  const auto by = dropped_by();
  EXPECT_EQ(std::count(by.begin(), by.end(), "senders"), 0);
}

TEST_F(CleanCases, TheEndOfAVisitNeedsNoDwellTimeNorDoesItsCopy) {
  for (std::size_t row = 5; row < rows_.size(); row += 6) rows_[row]["dwell_s"] = nullptr;
  for (int i = 0; i < 20; ++i) {  // visits whose last click was written twice
    auto copy = rows_[static_cast<std::size_t>(6 * i + 5)];
    copy["event_id"] = fmt::format("e{:05}", 90'000 + i);
    rows_.push_back(copy);
  }
  for (int i = 0; i < 900; ++i)  // most rows of the log have one
    add(1000 + i / 50, 1'770'000'000'000'000 + i * 60'000'000LL, i % 20, 20 + i % 7, "Shop/1.0",
        5.0 + i % 20);
  rows_[2]["dwell_s"] = nullptr;  // amid a visit
  const auto by = dropped_by();
  EXPECT_EQ(by[2], "missing");
  EXPECT_EQ(std::count(by.begin(), by.end(), "missing"), 1);
  EXPECT_EQ(std::count(by.begin(), by.end(), "duplicates"), 20);
}

}  // namespace
}  // namespace fulcrum::data
