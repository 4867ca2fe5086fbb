#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "data/classify/fast_text.h"
#include "data/classify/language.h"

namespace fulcrum::data {
namespace {

namespace fs = std::filesystem;

TEST(Language, NamesTheLanguage) {
  const std::pair<const char*, const char*> cases[] = {
      {"The committee decided to publish its report before the end of the month.", "en"},
      {"委员会决定在月底之前公布这份报告，并在下周召开一次会议讨论结果。", "zh"},
      {"委員會決定在月底之前公布這份報告，並在下週召開一次會議討論結果。", "zh"},
      {"Der Ausschuss hat beschlossen, den Bericht noch vor Ende des Monats zu "
       "veröffentlichen.",
       "de"},
      {"Le comité a décidé de publier son rapport avant la fin du mois.", "fr"},
      {"委員会は月末までに報告書を公表することを決定しました。", "ja"},
      {"위원회는 이달 말까지 보고서를 발표하기로 결정했습니다.", "ko"},
      {"Комитет решил опубликовать свой отчёт до конца месяца.", "ru"},
      {"הוועדה החליטה לפרסם את הדוח שלה לפני סוף החודש.", "he"}};
  for (const auto& [text, code] : cases) {
    const LanguageGuess guess = identify_language(text);
    EXPECT_EQ(guess.code, code) << text;
    EXPECT_GT(guess.score, 0.8) << text;
  }
  EXPECT_EQ(identify_language("").code, "und");
  EXPECT_EQ(identify_language("1234 !!").score, 0);
}

TEST(Language, ControlsDoNotHideTheText) {
  const std::string text =
      "The committee decided\x01 to publish \xC2\x85its report\xEF\xBF\xBF "
      "before the end of the month.";
  EXPECT_EQ(identify_language(text).code, "en");
}

TEST(Language, AnyBytesAreFine) {
  base::Random random(5);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random.below(300), ' ');
    for (char& c : text) c = static_cast<char>(random.below(256));
    const LanguageGuess guess = identify_language(text);
    EXPECT_GE(guess.score, 0);
    EXPECT_LE(guess.score, 1);
  }
}

class FastText : public testing::Test {
 protected:
  fs::path file(const std::string& name) {
    const auto folder = fs::path(testing::TempDir()) / "fast-text";
    fs::create_directories(folder);
    return folder / name;
  }
  fs::path train() {
    const auto lines = file("lines"), model = file("model.bin");
    std::ofstream out(lines);
    for (int i = 0; i < 200; ++i)
      out << "__label__good the study explains how water moves through stone\n"
             "__label__bad click here buy cheap now best offer\n";
    out.close();
    TrainingSettings settings;
    settings.dimensions = 10;
    settings.buckets = 1000;
    const auto trained = train_fast_text(lines, model, settings);
    EXPECT_TRUE(trained);
    return model;
  }
};

TEST_F(FastText, LearnsAndTells) {
  const auto model = FastTextModel::load(train());
  ASSERT_TRUE(model) << base::describe(model.error());
  EXPECT_EQ(model->best("water moves\nthrough stone").label, "good");
  EXPECT_EQ(model->best("buy now, click here").label, "bad");
  const double good = model->probability("the study explains", "good");
  EXPECT_GT(good, 0.8);
  EXPECT_NEAR(good + model->probability("the study explains", "bad"), 1, 1e-3);
  EXPECT_EQ(model->probability("the study explains", "odd"), 0);
  EXPECT_TRUE(model->has_label("bad"));
  EXPECT_FALSE(model->has_label("odd"));
}

TEST_F(FastText, WhatIsNoModelIsRefused) {
  EXPECT_EQ(FastTextModel::load(file("absent")).error().code, "file.read");
  std::ofstream(file("text.bin")) << "no model at all";
  EXPECT_EQ(FastTextModel::load(file("text.bin")).error().code, "model.damaged");
  std::ofstream(file("empty"));
  EXPECT_EQ(train_fast_text(file("empty"), file("none.bin"), {}).error().code, "model.training");
}

}  // namespace
}  // namespace fulcrum::data
