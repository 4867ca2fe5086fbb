#include "base/clock.h"

#include <gtest/gtest.h>

namespace fulcrum::base {
namespace {

std::int64_t parsed(std::string_view text) {
  const auto time_us = parse_iso_time(text);
  EXPECT_TRUE(time_us) << text;
  return time_us ? *time_us : -1;
}

// 2026-10-31T09:30:00Z
constexpr std::int64_t kMomentUs = 1'793'439'000'000'000;

TEST(IsoTime, IsWrittenAndReadBack) {
  EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(iso_time(kMomentUs + 7), "2026-10-31T09:30:00.000007Z");
  EXPECT_EQ(iso_time(-1), "1969-12-31T23:59:59.999999Z");
  for (const std::int64_t time_us : {std::int64_t{0}, kMomentUs, std::int64_t{-1}})
    EXPECT_EQ(parsed(iso_time(time_us)), time_us);
}

TEST(IsoTime, EveryUsualSpellingIsTheSameMoment) {
  for (const char* text :
       {"2026-10-31T09:30:00Z", "2026-10-31 09:30:00", "2026-10-31T09:30", "2026-10-31t09:30:00z",
        "2026-10-31T09:30:00.0Z", "2026-10-31T09:30:00,000Z", "2026-10-31T11:30:00+02:00",
        "2026-10-31T11:30:00+0200", "2026-10-31T04:00:00-05:30"})
    EXPECT_EQ(parsed(text), kMomentUs) << text;
  EXPECT_EQ(parsed("2026-10-31"), kMomentUs - (9 * 60 + 30) * 60'000'000LL);
  EXPECT_EQ(parsed("2026-10-31T09:30:00.1234567Z"), kMomentUs + 123'456);
  EXPECT_EQ(parsed("2024-02-29"), parsed("2024-02-28") + 86'400'000'000LL);
}

TEST(IsoTime, WhatIsNoTimeIsRefused) {
  for (const char* text :
       {"", "yesterday", "2026-13-01", "2026-02-29", "2026-10-31T24:00", "2026-10-31T09:60",
        "2026-10-31T09:30:00X", "2026-10-31T09:30:00+24:00", "2026-10-31T09:30:00+02:75",
        "2026-10-31T-9:30", "2026-10-31T09:30:00.Z", "26-10-31", "2026-10-31T09:30:00+02:00x"}) {
    const auto time_us = parse_iso_time(text);
    ASSERT_FALSE(time_us) << text;
    EXPECT_EQ(time_us.error().code, "time.syntax");
  }
}

TEST(ManualClock, StandsStillUntilMoved) {
  ManualClock clock(5);
  EXPECT_EQ(clock.now_us(), 5);
  clock.advance_us(2);
  EXPECT_EQ(clock.now_us(), 7);
}

}  // namespace
}  // namespace fulcrum::base
