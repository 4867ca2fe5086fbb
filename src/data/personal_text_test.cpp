#include "data/personal_text.h"

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
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(redact(text).text, expected) << text;
}

TEST(PersonalText, LeavesOrdinaryNumbersAlone) {
  for (const char* text : {"size 42, 2 pieces, 19.90 EUR", "order 2039123", "version 1.2.3",
                           "2026-10-31 09:30:00", "on 2026/01/02 at 10:20", "4111 1111 1111 1112",
                           "0.0.0.0", "ISBN 978-3-16-148410-0", "5/5 stars 100%", "很好 12345"})
    EXPECT_EQ(redact(text).text, text);
}

TEST(PersonalText, AnyBytesAreFineAndTwiceIsOnce) {
  base::Random random(3);
  const std::string letters = "0123456789@.-+ ()abXx\xE5\xBC\xA0\xFF";
  for (int i = 0; i < 3000; ++i) {
    std::string text(random.below(60), ' ');
    for (char& c : text) c = letters[random.below(letters.size())];
    const std::string once = redact(text).text;
    EXPECT_EQ(redact(once).text, once) << "seed 3, text " << text;
  }
}

}  // namespace
}  // namespace fulcrum::data
