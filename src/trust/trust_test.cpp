#include <gtest/gtest.h>

#include "base/hash.h"
#include "support/pillar_bench.h"
#include "trust/identity.h"
#include "trust/pillar.h"
#include "trust/secrets.h"

namespace fulcrum::trust {
namespace {

using ledger::Role;
using tests::PillarBench;

PillarBench bench() {
  return PillarBench(tests::pillars_of(make_pillar()));
}

std::string token_body(const std::string& secret, const std::string& actor, const std::string& role,
                       std::int64_t expires_at_us = 2'000'000'000) {
  return R"({"actor":")" + actor + R"(","role":")" + role + R"(","expires_at_us":)" +
         std::to_string(expires_at_us) + R"(,"token_sha256":")" + base::sha256_hex(secret) + "\"}";
}

std::optional<Identity> who(const PillarBench& ledger, const std::string& secret,
                            std::int64_t now_us) {
  return authenticate(state_of(ledger.pillar(0)), base::sha256_hex(secret), now_us);
}

TEST(Tokens, ATokenActsUntilItExpiresOrIsRevoked) {
  auto ledger = bench();
  ledger.ok("token.create", token_body("s1", "member/ada", "member"));
  const auto identity = who(ledger, "s1", 1'999'999'999);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->actor, "member/ada");
  EXPECT_EQ(identity->role, Role::kMember);
  EXPECT_FALSE(who(ledger, "s1", 2'000'000'000));
  EXPECT_FALSE(who(ledger, "s2", 0));
  ledger.ok("token.revoke", R"({"token":")" + identity->token + "\"}");
  EXPECT_FALSE(who(ledger, "s1", 1'999'999'999));
}

TEST(Tokens, TheRightIdWithAnotherHashIsNobody) {
  auto ledger = bench();
  ledger.ok("token.create", token_body("s1", "member/ada", "member"));
  std::string hash = base::sha256_hex("s1");
  hash.back() = hash.back() == '0' ? '1' : '0';
  EXPECT_FALSE(authenticate(state_of(ledger.pillar(0)), hash, 0));
  EXPECT_FALSE(authenticate(state_of(ledger.pillar(0)), token_id(hash), 0));
  EXPECT_FALSE(authenticate(state_of(ledger.pillar(0)), "", 0));
}

TEST(Tokens, ARoleIsTheWeakerOfTheTwo) {
  auto ledger = bench();
  ledger.ok("token.create", token_body("s1", "member/bob", "owner"));
  EXPECT_EQ(who(ledger, "s1", 0)->role, Role::kOwner);
  ledger.ok("role.grant", R"({"actor":"member/bob","role":"viewer"})");
  EXPECT_EQ(who(ledger, "s1", 0)->role, Role::kViewer);
  ledger.ok("role.revoke", R"({"actor":"member/bob"})");
  EXPECT_FALSE(who(ledger, "s1", 0));
}

TEST(Tokens, AMemberMakesTokensForItselfAlone) {
  auto ledger = bench();
  ledger.role = Role::kMember;
  ledger.ok("token.create", token_body("s1", "member/ada", "member"));
  EXPECT_EQ(ledger.refusal("token.create", token_body("s2", "member/bob", "viewer")),
            "token.other_actor");
  EXPECT_EQ(ledger.refusal("token.create", token_body("s3", "member/ada", "owner")), "token.role");
  EXPECT_EQ(ledger.refusal("token.create", token_body("s1", "member/ada", "member")),
            "token.exists");
  EXPECT_EQ(ledger.refusal("token.create", token_body("s4", "member/ada", "viewer", 5)),
            "token.expired");
}

TEST(Roles, TheLastOwnerStays) {
  auto ledger = bench();
  ledger.ok("role.grant", R"({"actor":"member/ada","role":"owner"})");
  EXPECT_EQ(ledger.refusal("role.revoke", R"({"actor":"member/ada"})"), "role.last_owner");
  EXPECT_EQ(ledger.refusal("role.grant", R"({"actor":"member/ada","role":"member"})"),
            "role.last_owner");
  ledger.ok("role.grant", R"({"actor":"member/bob","role":"owner"})");
  ledger.ok("role.revoke", R"({"actor":"member/ada"})");
}

TEST(Audit, EveryEventOfAnyPillarIsListed) {
  auto ledger = bench();
  ledger.ok("role.grant", R"({"actor":"member/ada","role":"owner"})");
  ASSERT_TRUE(ledger.append({{"job/1", "job.submitted", "{}"}}));
  ASSERT_TRUE(ledger.append({{"audit/member/eve", "command.refused",
                              R"({"command":"subject.erase","code":"permission.denied"})"}}));
  ledger.ok("access.record", R"({"what":"export","subject":"dataset/shop"})");
  const auto answer = ledger.ask("audit.list");
  const auto& audit = answer.at("audit").as_array();
  ASSERT_EQ(audit.size(), 4u);
  EXPECT_EQ(audit[0].at("what"), "read:export");
  EXPECT_EQ(audit[0].at("subject"), "dataset/shop");
  EXPECT_EQ(audit[1].at("what"), "subject.erase");
  EXPECT_EQ(audit[1].at("outcome"), "permission.denied");
  EXPECT_EQ(audit[2].at("what"), "job.submitted");
  EXPECT_EQ(audit[2].at("subject"), "job/1");
  EXPECT_EQ(
      ledger.ask("audit.list", R"({"outcome":"permission.denied"})").at("audit").as_array().size(),
      1u);
  EXPECT_EQ(ledger.ask("audit.list", R"({"what":"read:"})").at("audit").as_array().size(), 1u);
  EXPECT_EQ(ledger.ask("audit.list", R"({"before_seq":3})").at("audit").as_array().size(), 2u);
}

TEST(Subjects, AreFoundInAnyPayloadAndErasedOnce) {
  auto ledger = bench();
  ASSERT_TRUE(ledger.append(
      {{"x/1", "x.happened",
        R"({"people":[{"name":{"$sealed":{"subject":"member/ada","nonce":"n","text":"t"}}}]})"}}));
  auto subjects = ledger.ask("subject.list");
  ASSERT_EQ(subjects.at("subjects").as_array().size(), 1u);
  EXPECT_EQ(subjects.at("subjects").at(0).at("erased"), false);
  ledger.ok("subject.erase", R"({"subject":"member/ada","reason":"asked"})");
  EXPECT_EQ(ledger.ask("subject.list").at("subjects").at(0).at("erased"), true);
  EXPECT_EQ(ledger.refusal("subject.erase", R"({"subject":"member/ada","reason":"again"})"),
            "subject.erased");
}

/// Seals by turning the text round; enough to see which way a value went.
class MirrorVault final : public ledger::SubjectVault {
 public:
  base::Status seal(base::json::value& payload) override {
    const auto* inner = base::find_path(payload, "$personal");
    std::string text = base::get_string(*inner, "text");
    std::reverse(text.begin(), text.end());
    payload = base::json::object{
        {"$sealed", {{"subject", base::get_string(*inner, "subject")}, {"text", text}}}};
    return {};
  }
  void open(base::json::value& payload) const override {
    const auto* inner = base::find_path(payload, "value.$sealed");
    std::string text = base::get_string(*inner, "text");
    std::reverse(text.begin(), text.end());
    payload.as_object()["value"] = base::json::object{
        {"$personal", {{"subject", "secret"}, {"text", erased ? std::string() : text}}}};
  }
  base::Status erase(const std::string&) override {
    erased = true;
    return {};
  }
  bool erased = false;
};

TEST(Secrets, AreSealedOrRefusedAndNeverShown) {
  auto ledger = bench();
  MirrorVault vault;
  EXPECT_EQ(ledger.refusal("secret.put", R"({"name":"db","sealed":"hunter2"})"), "secret.plain");
  const auto sealed = seal_secret(vault, "db", "hunter2");
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->find("hunter2"), std::string::npos);
  ledger.ok("secret.put", base::to_text(base::json::object{{"name", "db"}, {"sealed", *sealed}}));
  const auto listed = base::to_text(ledger.ask("secret.list"));
  EXPECT_NE(listed.find("\"db\""), std::string::npos);
  EXPECT_EQ(listed.find("2retnuh"), std::string::npos) << listed;
  const State& state = state_of(ledger.pillar(0));
  EXPECT_EQ(open_secret(vault, state, "db").value(), "hunter2");
  EXPECT_EQ(open_secret(vault, state, "other").error().code, "secret.unknown");
  vault.erased = true;
  EXPECT_EQ(open_secret(vault, state, "db").error().code, "secret.erased");
}

}  // namespace
}  // namespace fulcrum::trust
