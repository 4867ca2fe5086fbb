#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text_reader.h"
#include "data/text/mojibake.h"
#include "data/text/normal_form.h"

namespace fulcrum::data::text {
namespace {

/// `text` read as windows-1252 (Latin-1 where that has no character), as UTF-8.
std::string misread(std::string_view text) {
  static const char* kHigh[] = {"€",        "\xC2\x81", "‚", "ƒ", "„", "…",        "†", "‡",
                                "ˆ",        "‰",        "Š", "‹", "Œ", "\xC2\x8D", "Ž", "\xC2\x8F",
                                "\xC2\x90", "‘",        "’", "“", "”", "•",        "–", "—",
                                "˜",        "™",        "š", "›", "œ", "\xC2\x9D", "ž", "Ÿ"};
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else if (byte < 0xA0) {
      out += kHigh[byte - 0x80];
    } else {
      out += static_cast<char>(0xC0 | byte >> 6);
      out += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return out;
}

TEST(Mojibake, IsUndone) {
  for (const char* text : {"café", "“Quoted” – it’s fine…", "他们在北京开会。", "Привет, мир",
                           "été à Nîmes", "price 5 €", "© 2020", "smile 😀", "ＡＢ"}) {
    const auto once = undo_mojibake(misread(text));
    ASSERT_TRUE(once) << text;
    EXPECT_EQ(*once, text);
    EXPECT_EQ(undo_mojibake(misread(misread(text))).value_or(""), text) << "twice";
  }
}

TEST(Mojibake, OrdinaryTextStays) {
  for (const char* text : {"café", "“Quoted” – it’s fine…", "他们在北京开会。", "IRMÃ”",
                           "CAFÉ™ and É…", "le café…” dit-il", "Ã", "Â", "naïve façade",
                           "São Paulo", "10 °C ± 2", "«É»", "ÀÉÎ", "ß»", "Übergröße"})
    EXPECT_FALSE(undo_mojibake(text)) << text << " became " << *undo_mojibake(text);
  EXPECT_FALSE(undo_mojibake("cafÃ© but also é alone"));
  EXPECT_EQ(undo_mojibake("cafÃ©\né alone").value_or(""), "café\né alone");
}

TEST(Mojibake, WhatComesOutIsUtf8AndStays) {
  base::Random random(31);
  const char* pieces[] = {"a", "É", "Ã",  "©",  "Â",        "â", "€", "™", "é",
                          "…", "”", "中", "\n", "\xC2\x9D", "Z", "ð", "Ÿ", "˜"};
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    const auto size = random.below(12);
    for (std::uint64_t k = 0; k < size; ++k) text += pieces[random.below(std::size(pieces))];
    const auto out = undo_mojibake(text);
    EXPECT_FALSE(out && base::invalid_utf8(*out)) << "seed 31, " << text;
  }
}

TEST(NormalForm, ComposesCharacters) {
  EXPECT_EQ(to_nfc("cafe\xCC\x81").value_or(""), "café");
  EXPECT_FALSE(to_nfc("café 中文"));
  EXPECT_FALSE(to_nfc("ascii"));
}

TEST(NormalForm, RepairsCharacters) {
  CharacterRepairs done;
  const auto repaired = [&](std::string_view text, const CharacterRepairs& wanted = {}) {
    return repair_characters(text, wanted, done).value_or("(same)");
  };
  EXPECT_EQ(repaired("a\r\nb\rc\xE2\x80\xA8"
                     "d\n"),
            "a\nb\nc\nd\n");
  EXPECT_TRUE(done.line_ends && !done.controls && !done.zero_width && !done.blanks);
  EXPECT_EQ(repaired(std::string_view("a\0b\x1B[0m\xC2\x9F\xEF\xBF\xBF"
                                      "c\t",
                                      15)),
            "ab[0mc\t");
  EXPECT_TRUE(done.controls && !done.line_ends);
  EXPECT_EQ(repaired("\xEF\xBB\xBFzero\xE2\x80\x8Bwidth co\xC2\xADop"), "zerowidth coop");
  EXPECT_TRUE(done.zero_width);
  EXPECT_EQ(repaired("👨\xE2\x80\x8D👩 می\xE2\x80\x8Cخواهم"), "(same)") << "joiners have a meaning";
  EXPECT_EQ(repaired("a\xC2\xA0"
                     "b　c  d \t\n\n\n\n\n\ne"),
            "a b c  d\n\n\ne");
  EXPECT_TRUE(done.blanks && !done.line_ends);
  EXPECT_EQ(repaired("    code\n\tmore\n\nend"), "(same)");
  CharacterRepairs none{false, false, false, false};
  EXPECT_EQ(repaired("a \r\n\xC2\xA0\x01", none), "(same)");
}

TEST(NormalForm, TwiceIsOnce) {
  base::Random random(37);
  const char* pieces[] = {"a",    " ",        "\t", "\n", "\r", "\r\n", "\xC2\xA0", "\xE2\x80\x8B",
                          "\x01", "\xC2\x85", "中"};
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    const auto size = random.below(14);
    for (std::uint64_t k = 0; k < size; ++k) text += pieces[random.below(std::size(pieces))];
    CharacterRepairs done;
    const std::string once = repair_characters(text, {}, done).value_or(text);
    EXPECT_FALSE(repair_characters(once, {}, done)) << "seed 37, round " << i;
  }
}

}  // namespace
}  // namespace fulcrum::data::text
