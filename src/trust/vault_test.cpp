#include "trust/vault.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/hash.h"
#include "ledger/signature.h"
#include "trust/signer.h"
#include "trust/vault_cipher.h"

namespace fulcrum::trust {
namespace {

namespace json = base::json;

class VaultTest : public testing::Test {
 protected:
  VaultTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "fulcrum-vault-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) std::abort();
    folder_ = pattern;
  }
  ~VaultTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::unique_ptr<ledger::SubjectVault> open() {
    auto vault = open_vault(folder_ / "keys/root.key", keys_in(*store_));
    EXPECT_TRUE(vault) << base::describe(vault.error());
    return std::move(*vault);
  }
  static json::value personal(const std::string& subject, const std::string& text) {
    return json::object{
        {"note", 1},
        {"who", {{"$personal", {{"subject", subject}, {"text", text}}}}},
        {"list", json::array{json::object{{"$personal", {{"subject", "b"}, {"text", "bob"}}}}}}};
  }

  std::filesystem::path folder_;
  std::unique_ptr<ledger::Store> store_ = ledger::open_memory_store({});
};

TEST_F(VaultTest, OpensWhatItSealed) {
  auto vault = open();
  const auto plain = personal("member/a", "Ada \xe4\xb8\xad");
  auto value = plain;
  ASSERT_TRUE(vault->seal(value));
  EXPECT_EQ(base::to_text(value).find("Ada"), std::string::npos);
  EXPECT_EQ(base::to_text(value).find("$personal"), std::string::npos);
  auto twice = plain;
  ASSERT_TRUE(vault->seal(twice));
  EXPECT_NE(value, twice) << "a nonce was used twice";
  vault->open(value);
  EXPECT_EQ(value, plain);
  // Another vault over the same keys, as after a restart.
  open()->open(twice);
  EXPECT_EQ(twice, plain);
}

TEST_F(VaultTest, ErasedTextsNeverOpenAgain) {
  auto vault = open();
  auto value = personal("member/a", "Ada");
  ASSERT_TRUE(vault->seal(value));
  ASSERT_TRUE(vault->erase("member/a"));
  ASSERT_TRUE(vault->erase("member/a"));
  EXPECT_FALSE(store_->get_setting("vault/key/member/a")->has_value());
  const auto reopened = open();
  for (auto* one : {vault.get(), reopened.get()}) {
    auto opened = value;
    one->open(opened);
    EXPECT_EQ(base::get_string(opened, "who.$personal.text", "?"), "");
    EXPECT_EQ(opened.at("list").at(0).at("$personal").at("text"), "bob");
    auto later = personal("member/a", "Ada again");
    ASSERT_TRUE(one->seal(later));
    EXPECT_FALSE(store_->get_setting("vault/key/member/a")->has_value());
    one->open(later);
    EXPECT_EQ(base::get_string(later, "who.$personal.text", "?"), "");
  }
}

TEST_F(VaultTest, ATextMovedToAnotherSubjectDoesNotOpen) {
  auto vault = open();
  auto value = personal("b", "Ada");
  ASSERT_TRUE(vault->seal(value));
  auto other = personal("c", "Cy");
  ASSERT_TRUE(vault->seal(other));
  // Both the text and the wrapped key are bound to their subject.
  value.at("who").at("$sealed").at("subject") = "c";
  vault->open(value);
  EXPECT_EQ(base::get_string(value, "who.$personal.text", "?"), "");
  ASSERT_TRUE(store_->put_setting("vault/key/d", **store_->get_setting("vault/key/b")));
  auto third = personal("d", "Di");
  const auto status = open()->seal(third);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, "vault.key");
}

TEST_F(VaultTest, EveryFlippedBitIsNoticed) {
  const std::string key(32, 'k');
  const Sealed sealed = seal_bytes(key, "text", "subject");
  EXPECT_EQ(open_bytes(key, sealed, "subject"), "text");
  EXPECT_FALSE(open_bytes(key, sealed, "Subject"));
  EXPECT_FALSE(open_bytes(std::string(32, 'K'), sealed, "subject"));
  for (std::size_t bit = 0; bit < sealed.text.size() * 8; ++bit) {
    Sealed broken = sealed;
    broken.text[bit / 8] = static_cast<char>(broken.text[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(open_bytes(key, broken, "subject")) << bit;
  }
  for (std::size_t size = 0; size < sealed.text.size(); ++size)
    EXPECT_FALSE(open_bytes(key, {sealed.nonce, sealed.text.substr(0, size)}, "subject"));
}

TEST_F(VaultTest, GarbageOpensToNothing) {
  auto vault = open();
  for (const char* text :
       {R"({"$sealed":1})", R"({"$sealed":{"subject":"x"}})", R"({"$sealed":null})",
        R"({"$sealed":{"subject":"x","nonce":"!!","text":"AAAA"}})",
        R"({"$sealed":{"subject":["x"],"nonce":"AAAAAAAAAAAAAAAA","text":""}})"}) {
    auto value = *base::parse_json(text, "test");
    vault->open(value);
    EXPECT_EQ(base::get_string(value, "$personal.text", "?"), "") << text;
  }
}

TEST_F(VaultTest, AnotherRootKeyOpensNothing) {
  auto value = personal("a", "Ada");
  ASSERT_TRUE(open()->seal(value));
  ASSERT_TRUE(base::write_file(folder_ / "keys/root.key", std::string(64, '0') + "\n", 0600));
  open()->open(value);
  EXPECT_EQ(base::get_string(value, "who.$personal.text", "?"), "");
}

TEST_F(VaultTest, KeyFilesAreForTheOwnerOnly) {
  open();
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "keys/root.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ::chmod((folder_ / "keys/root.key").c_str(), 0644);
  const auto refused = open_vault(folder_ / "keys/root.key", keys_in(*store_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "key.exposed");
  ASSERT_TRUE(base::write_file(folder_ / "keys/ledger.key", "nonsense\n", 0600));
  const auto broken = open_ledger_key(folder_ / "keys");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, "key.file");
}

TEST_F(VaultTest, SignaturesHoldForTheirTextAlone) {
  const auto key = open_ledger_key(folder_ / "keys");
  ASSERT_TRUE(key);
  const std::string signature = key->sign("text");
  EXPECT_TRUE(ledger::signature_holds(key->public_key, "text", signature));
  EXPECT_FALSE(ledger::signature_holds(key->public_key, "texT", signature));
  EXPECT_FALSE(ledger::signature_holds(key->public_key, "text", signature.substr(1)));
  EXPECT_FALSE(ledger::signature_holds(std::string(32, 'x'), "text", signature));
  const auto again = open_ledger_key(folder_ / "keys");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_key, key->public_key);
  EXPECT_EQ(*base::read_file(folder_ / "keys/ledger.pub"), base::to_hex(key->public_key) + "\n");
}

// RFC 8032 section 7.1, test 2.
TEST(Signature, AgreesWithThePublishedVector) {
  const auto key =
      *base::from_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const auto signature = *base::from_hex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(ledger::signature_holds(key, "\x72", signature));
  EXPECT_FALSE(ledger::signature_holds(key, "\x73", signature));
}

}  // namespace
}  // namespace fulcrum::trust
