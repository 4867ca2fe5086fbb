#include "data/personal/personal_text.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace fulcrum::data {
namespace {

TEST(PersonalText, ChecksumsAgreeWithIndependentVectors) {
  EXPECT_TRUE(is_cn_resident_id("11010519491231002X"));  // GB 11643-1999, annex
  EXPECT_TRUE(is_cn_resident_id("440524188001010014"));  // GB 11643-1999, annex
  EXPECT_FALSE(is_cn_resident_id("110105194912310021"));
  EXPECT_FALSE(is_cn_resident_id("11010519491331002X"));  // no thirteenth month
  EXPECT_TRUE(passes_luhn("4111111111111111"));
  EXPECT_TRUE(passes_luhn("79927398713"));  // ISO/IEC 7812-1
  EXPECT_FALSE(passes_luhn("79927398710"));
  EXPECT_TRUE(is_iban("GB82WEST12345698765432"));  // ISO 13616
  EXPECT_FALSE(is_iban("GB82WEST12345698765431"));
}

TEST(PersonalText, PassportLinesAgreeWithIcao) {
  EXPECT_TRUE(is_passport_line("L898902C36UTO7408122F1204159ZE184226B<<<<<10"));  // 9303-4, B
  EXPECT_FALSE(is_passport_line("L898902C36UTO7408122F1204159ZE184226B<<<<<11"));
  EXPECT_FALSE(is_passport_line("L898902C36UTO7408121F1204159ZE184226B<<<<<10"));
}

TEST(PersonalText, CardsOfEveryIssuerAreKnown) {
  // Numbers that payment services publish for tests.
  for (const char* number :
       {"4242424242424242", "5555555555554444", "2223003122003222", "378282246310005",
        "6011111111111117", "3056930009020004", "36227206271667", "3566002020360505",
        "6200000000000005", "6205500000000000004", "4222222222222"}) {
    EXPECT_TRUE(is_card_number(number)) << number;
    EXPECT_EQ(redact(std::string("卡号") + number + "。").text, "卡号[card]。") << number;
  }
  EXPECT_TRUE(passes_luhn("7000000000003"));
  EXPECT_FALSE(is_card_number("7000000000003"));  // no issuer
  EXPECT_FALSE(is_card_number("4242424242424241"));
}

TEST(PersonalText, AddressesOfTheInternetArePublicOnes) {
  for (const char* address : {"8.8.8.8", "114.114.114.114", "223.5.5.5", "172.32.0.1"})
    EXPECT_TRUE(is_public_ipv4(address)) << address;
  for (const char* address :
       {"10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "100.64.0.1", "198.51.100.7",
        "224.0.0.1", "255.255.255.255", "1.02.3.4", "1.2.3", "1.2.3.4.5", "256.1.1.1"})
    EXPECT_FALSE(is_public_ipv4(address)) << address;
  EXPECT_TRUE(is_public_ipv6("2001:4860:4860::8888"));
  EXPECT_TRUE(is_public_ipv6("2400:3200::1"));
  for (const char* address : {"2001:db8::1", "fe80::1", "::1", "2001:4860", "2026:10:31"})
    EXPECT_FALSE(is_public_ipv6(address)) << address;
}

TEST(PersonalText, StylesOfReplacement) {
  const std::string text = "a@b.org 13812345678 a@b.org";
  const Redactor mask({"email", "phone"}, RedactionStyle::kMask, "");
  EXPECT_EQ(mask.redact(text).text, "*@*.*** *********** *@*.***");
  const Redactor one({"email"}, RedactionStyle::kLabel, "");
  EXPECT_EQ(one.redact(text).text, "[email] 13812345678 [email]");
  const auto hashed = [&](const char* salt) {
    return Redactor({"email"}, RedactionStyle::kHash, salt).redact("a@b.org a@b.org c@b.org").text;
  };
  const std::string first = hashed("salt");
  const std::size_t size = std::string("[email:0123456789abcdef]").size();
  ASSERT_EQ(first.size(), 3 * size + 2);
  EXPECT_EQ(first.substr(0, size), first.substr(size + 1, size));
  EXPECT_NE(first.substr(0, size), first.substr(2 * size + 2));
  EXPECT_NE(first, hashed("another"));
}

TEST(PersonalText, Redacts) {
  const std::pair<const char*, const char*> cases[] = {
      {"write to Anna.B+x@mail.example.org please", "write to [email] please"},
      {"请联系anna@example.cn谢谢", "请联系[email]谢谢"},
      {"call 138-1234-5678", "call [phone]"},
      {"电话13812345678。", "电话[phone]。"},
      {"+86 13812345678", "[phone]"},
      {"(415) 555-2671 or 415-555-2671", "[phone] or [phone]"},
      {"+44 20 7946 0958", "[phone]"},
      {"010-62345678", "[phone]"},
      {"id 11010519491231002X", "id [cn_id]"},
      {"card 4111 1111 1111 1111.", "card [card]."},
      {"ssn 219-09-9999", "ssn [us_ssn]"},
      {"from 8.8.8.8", "from [ip]"},
      {"IBAN GB82 WEST 1234 5698 7654 32", "IBAN [iban]"},
      {"at 2001:4860:4860::8888.", "at [ip]."},
      {"身份证号：440524188001010014，", "身份证号：[cn_id]，"},
      {"Passport No. C01X00T47", "Passport No. C01X00T47"},
      {"Passport No: E12345678.", "Passport No: [passport]."},
      {"护照号码：EA1234567", "护照号码：[passport]"},
      {"L898902C36UTO7408122F1204159ZE184226B<<<<<10", "[passport]"},
      {"id AKIAIOSFODNN7EXAMPLE", "id [secret]"},
      {"key sk_test_4eC39HqLyjWDarjtT1zdp7dc", "key [secret]"},
      {"a -----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\nb",
       "a [secret]\nb"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(redact(text).text, expected) << text;
}

TEST(PersonalText, LeavesOrdinaryNumbersAlone) {
  for (const char* text :
       {"size 42, 2 pieces, 19.90 EUR", "order 2039123", "version 1.2.3", "2026-10-31 09:30:00",
        "on 2026/01/02 at 10:20", "4111 1111 1111 1112", "0.0.0.0", "192.168.1.1",
        "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----", "passport 2026",
        "at 10:20:30", "13-digit 1732440651000", "order 8123456789012344",
        "sk-learn-a-tutorial-for-the-very-first-2-steps", "ISBN 978-3-16-148410-0",
        "5/5 stars 100%", "很好 12345"})
    EXPECT_EQ(redact(text).text, text);
}

TEST(PersonalText, AnyBytesAreFineAndTwiceIsOnce) {
  base::Random random(3);
  const std::string letters = "0123456789@.-+ ()abXx\xE5\xBC\xA0\xFF";
  for (int i = 0; i < 3000; ++i) {
    std::string text(random.below(60), ' ');
    for (char& c : text) c = letters[random.below(letters.size())];
    for (const auto style :
         {RedactionStyle::kLabel, RedactionStyle::kMask, RedactionStyle::kHash}) {
      const Redactor redactor({"email", "cn_id", "phone", "card", "ip", "us_ssn"}, style, "s");
      const std::string once = redactor.redact(text).text;
      EXPECT_EQ(redactor.redact(once).text, once) << "seed 3, text " << text;
    }
  }
}

}  // namespace
}  // namespace fulcrum::data
