#include "control/run/run_news.h"

#include <gtest/gtest.h>

#include <future>

namespace fulcrum::control {
namespace {

std::vector<std::string> names(const std::vector<NewsItem>& items) {
  std::vector<std::string> all;
  for (const auto& item : items) all.push_back(item.name);
  return all;
}

using Names = std::vector<std::string>;

TEST(RunNews, WhoComesLateHearsAllAndWhoComesBackTheRest) {
  RunNews news;
  news.planned("r1", "shop", {"a"});
  news.started("a");
  news.progressed("a", 1, 9, "rows");
  news.progressed("a", 2, 9, "rows");
  NewsPlace place;
  const auto first = news.next(place, 0);
  EXPECT_EQ(names(first), (Names{"planned", "step", "progress"}));
  EXPECT_EQ(first.back().data.at("done"), 2) << "only the newest progress";
  EXPECT_TRUE(news.next(place, 0).empty());
  news.ended({.id = "a", .state = "done"});
  RunOutcome outcome;
  outcome.state = "done";
  news.finish(outcome);
  NewsPlace back{.after = 2};
  EXPECT_EQ(names(news.next(back, 0)), (Names{"step", "ended"}));
  EXPECT_TRUE(news.is_told(back));
  EXPECT_FALSE(news.is_told(place));
  EXPECT_EQ(names(news.next(place, 0)), (Names{"step", "ended"}));
  EXPECT_TRUE(news.is_told(place));
}

TEST(RunNews, AFailureIsToldWithItsStatus) {
  RunNews news;
  news.finish(base::refused("auth.role", "no"));
  NewsPlace place;
  const auto items = news.next(place, 0);
  ASSERT_EQ(names(items), Names{"failed"});
  EXPECT_EQ(items[0].data.at("status"), 403);
  EXPECT_EQ(items[0].data.at("error").at("code"), "auth.role");
  EXPECT_EQ(news.wait_for_run().error().code, "auth.role");
}

TEST(RunNews, WakesWhoWaits) {
  RunNews news;
  auto run = std::async(std::launch::async, [&] { return news.wait_for_run().value(); });
  auto told = std::async(std::launch::async, [&] {
    NewsPlace place;
    return names(news.next(place, 60'000'000));
  });
  news.planned("r1", "shop", {});
  EXPECT_EQ(run.get(), "r1");
  EXPECT_EQ(told.get(), Names{"planned"});
}

}  // namespace
}  // namespace fulcrum::control
