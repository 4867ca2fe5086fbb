#include "data/web/url_filter.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace fulcrum::data::web {

namespace {

namespace fs = std::filesystem;

class Lists : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("url-filter-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path list(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name) << content;
    return folder_ / name;
  }
  UrlFilter filter(std::size_t threshold = 2) const {
    UrlLists lists;
    lists.domains = {list("domains", "# bad ones\nbad.com\r\n\n  Worse.example.org \n10.0.0.1\n")};
    lists.urls = {list("urls", "http://fine.com/but-not-this\n")};
    lists.banned_words = {list("words", "Casino\nslot-machine\n")};
    lists.soft_words = {list("soft", "free\nwin\nbonus\n")};
    lists.banned_subwords = {list("parts", "pokerstar\nkers\nhe\n").string()};
    lists.soft_threshold = threshold;
    auto loaded = UrlFilter::load(lists);
    EXPECT_TRUE(loaded);
    return std::move(*loaded);
  }
  fs::path folder_;
};

TEST_F(Lists, DomainsAndTheirSubdomains) {
  const auto f = filter();
  EXPECT_EQ(f.judge("http://bad.com/x"), UrlReason::kSubdomain);
  EXPECT_EQ(f.judge("https://user:p@WWW.a.Bad.com.:8080?q"), UrlReason::kDomain);
  EXPECT_EQ(f.judge("http://notbad.com/"), UrlReason::kNone);
  EXPECT_EQ(f.judge("http://bad.com.au/"), UrlReason::kNone);
  EXPECT_EQ(f.judge("worse.example.org"), UrlReason::kSubdomain);
  EXPECT_EQ(f.judge("http://example.org/"), UrlReason::kNone);
  EXPECT_EQ(f.judge("http://10.0.0.1/"), UrlReason::kSubdomain);
  EXPECT_EQ(f.listed(), 4U);
}

TEST_F(Lists, AddressesAreEqualLetterByLetter) {
  const auto f = filter();
  EXPECT_EQ(f.judge("http://fine.com/but-not-this"), UrlReason::kUrl);
  EXPECT_EQ(f.judge("http://fine.com/but-not-this?"), UrlReason::kNone);
}

TEST_F(Lists, Words) {
  const auto f = filter();
  EXPECT_EQ(f.judge("http://x.com/a/casino-b"), UrlReason::kHardWord);
  EXPECT_EQ(f.judge("http://x.com/a/casinos"), UrlReason::kNone);
  EXPECT_EQ(f.judge("http://x.com/CASINO"), UrlReason::kNone);
  EXPECT_EQ(f.judge("http://x.com/slotmachine"), UrlReason::kHardWord);
  EXPECT_EQ(f.judge("http://x.com/free-free"), UrlReason::kNone);
  EXPECT_EQ(f.judge("http://x.com/free/bonus"), UrlReason::kSoftWords);
  EXPECT_EQ(filter(1).judge("http://x.com/free"), UrlReason::kSoftWords);
  EXPECT_EQ(f.judge("http://x.com/Poker-STAR"), UrlReason::kSubword);
  EXPECT_EQ(f.judge("http://x.com/pokers"), UrlReason::kSubword);
  EXPECT_EQ(name_of(UrlReason::kSubword), "blacklisted_subword");
}

TEST_F(Lists, AMissingListIsSaid) {
  UrlLists lists;
  lists.urls = {folder_ / "absent"};
  EXPECT_EQ(UrlFilter::load(lists).error().code, "file.read");
  EXPECT_EQ(UrlFilter::load({})->judge("http://bad.com/casino"), UrlReason::kNone);
}

TEST(HashedSet, HoldsWhatWasAddedAndNothingElse) {
  HashedSet set;
  for (int i = 0; i < 300'000; ++i) set.add("host" + std::to_string(i) + ".example");
  set.add("host1.example");
  set.seal();
  EXPECT_EQ(set.size(), 300'000U);
  EXPECT_LE(set.bytes(), 300'000U * 8 + (1U << 18) + 8);
  for (int i = 0; i < 300'000; ++i) {
    ASSERT_TRUE(set.has("host" + std::to_string(i) + ".example"));
    ASSERT_FALSE(set.has("host" + std::to_string(i) + ".examples"));
  }
}

RC_GTEST_PROP(UrlFilter, AnyBytesAreJudged, (const std::string& url)) {
  const auto filter = UrlFilter::load({});
  RC_ASSERT(filter->judge(url) == UrlReason::kNone);
}

}  // namespace

}  // namespace fulcrum::data::web
