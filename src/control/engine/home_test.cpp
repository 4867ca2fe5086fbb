// A home's own token: made once, and never two of them that count.
#include "control/engine/home.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/hash.h"
#include "trust/identity.h"
#include "trust/pillar.h"

namespace fulcrum::control {
namespace {

class HomeTest : public testing::Test {
 protected:
  HomeTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fulcrum-home-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) std::abort();
    paths_.root = pattern;
  }
  ~HomeTest() override {
    home_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(paths_.root, ignored);
  }
  const std::string& open() {
    home_.reset();
    auto lock = lock_home(paths_);
    EXPECT_TRUE(lock);
    auto home = open_home(paths_, std::move(*lock));
    EXPECT_TRUE(home) << base::describe(home.error());
    home_ = std::move(*home);
    return home_->owner_token();
  }
  bool counts(const std::string& token) {
    bool known = false;
    home_->engine().with_pillar("trust", [&](const ledger::Pillar& pillar) {
      known = trust::authenticate(trust::state_of(pillar), base::sha256_hex(token),
                                  base::system_clock().now_us())
                  .has_value();
    });
    return known;
  }

  HomePaths paths_;
  std::unique_ptr<Home> home_;
};

TEST_F(HomeTest, KeepsItsToken) {
  const std::string first = open();
  EXPECT_EQ(open(), first);
  EXPECT_TRUE(counts(first));
}

TEST_F(HomeTest, WhoeverFindsALostTokenFileHasNothing) {
  const std::string lost = open();
  const std::string service = "a token of another actor";
  ASSERT_TRUE(home_->engine().submit(
      {"token.create",
       base::json::object{{"actor", "service/ci"},
                          {"role", "service"},
                          {"expires_at_us", base::system_clock().now_us() + 60'000'000},
                          {"token_sha256", base::sha256_hex(service)}},
       std::string(kOwnerActor),
       ledger::Role::kOwner,
       {}}));
  std::filesystem::remove(paths_.token());
  const std::string made = open();
  EXPECT_NE(made, lost);
  EXPECT_TRUE(counts(made));
  EXPECT_FALSE(counts(lost));
  EXPECT_TRUE(counts(service));
}

}  // namespace
}  // namespace fulcrum::control
