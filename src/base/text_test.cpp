// What people read: errors, JSON, tables, sentences, spelling.
#include "base/text.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/result.h"
#include "base/spelling.h"
#include "base/table.h"

namespace fulcrum::base {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return usage("number.odd", "odd", "number", "give an even one");
  return number / 2;
}
Result<int> quarter(int number) {
  TRY(const int first, half(number));
  TRY(const int second, half(first));
  return second;
}

TEST(Result, TryHandsTheFailureOn) {
  EXPECT_EQ(*quarter(8), 2);
  const auto failed = quarter(6);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "number.odd");
}

TEST(Result, AKindDecidesExitCodeAndStatus) {
  const std::tuple<Failure, int, int> cases[] = {{failed("c", "m"), 1, 500},
                                                 {usage("c", "m"), 2, 400},
                                                 {refused("c", "m"), 3, 403},
                                                 {not_found("c", "m"), 1, 404},
                                                 {conflict("c", "m"), 1, 409}};
  for (const auto& [failure, code, status] : cases) {
    EXPECT_EQ(exit_code(failure.value()), code);
    EXPECT_EQ(http_status(failure.value()), status);
  }
}

TEST(Result, AnErrorIsDescribedWithFieldCodeAndFix) {
  EXPECT_EQ(describe(half(1).error()), "number: odd [number.odd]\n  give an even one");
  EXPECT_EQ(describe(failed("c", "m").value()), "m [c]");
}

TEST(Json, AMistakeHasItsLineAndColumn) {
  const auto broken = parse_json("{\n  \"a\": }", "plan");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, "json.syntax");
  EXPECT_TRUE(broken.error().field.starts_with("plan:2:")) << broken.error().field;
  for (const char* text : {"", "{", "{} x", "[1,]", "nul", "\"\xff\"", "1e999999999999"})
    EXPECT_FALSE(parse_json(text, "t")) << text;
  EXPECT_FALSE(parse_json(std::string(100'000, '['), "t"));
  EXPECT_TRUE(parse_json(" {} \n", "t"));
}

TEST(Json, CanonicalTextForgetsTheOrderOfMembers) {
  const auto canonical = [](std::string_view text) {
    return to_canonical_text(*parse_json(text, "t"));
  };
  EXPECT_EQ(canonical(R"({"b":[1,{"d":null,"c":"é\n"},[]],"a":{}})"),
            R"({"a":{},"b":[1,{"c":"é\n","d":null},[]]})");
  EXPECT_NE(canonical("[1,2]"), canonical("[2,1]"));
  EXPECT_NE(canonical(R"({"a":"1"})"), canonical(R"({"a":1})"));
}

TEST(Json, PrintsWhatParsesBack) {
  const auto value = *parse_json(R"({"b":[1,{"c":[]}],"a":{},"t":"\"\n"})", "t");
  EXPECT_EQ(*parse_json(to_pretty_text(value), "t"), value);
  EXPECT_EQ(*parse_json(to_text(value), "t"), value);
}

TEST(Json, LenientLookUpsFallBack) {
  const auto value = *parse_json(R"({"a":{"n":2,"s":"x","b":true}})", "t");
  EXPECT_EQ(get_integer(value, "a.n"), 2);
  EXPECT_EQ(get_number(value, "a.n"), 2.0);
  EXPECT_EQ(get_string(value, "a.s"), "x");
  EXPECT_EQ(get_string(value, "a.n", "none"), "none");
  EXPECT_TRUE(get_bool(value, "a.b"));
  EXPECT_EQ(find_path(value, "a.n.x"), nullptr);
  EXPECT_EQ(find_path(value, ""), &value);
}

TEST(Table, ColumnsAlignByDisplayWidth) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("评分"), 4u);
  EXPECT_EQ(display_width("é – ≥"), 5u);
  EXPECT_EQ(display_width("\xe8"), 1u);  // cut in the middle of a character
  EXPECT_EQ(render({.header = {"评分", "n"},
                    .rows = {{"ab", "1"}, {"abcde"}},
                    .right_aligned = {false, true}}),
            "评分   n\nab     1\nabcde\n");
  EXPECT_EQ(render({.header = {}, .rows = {}, .right_aligned = {}}), "");
}

TEST(Spelling, TheNearestNameIsFoundOnlyWhenItIsNear) {
  EXPECT_EQ(edit_distance("gpu", "gpu"), 0u);
  EXPECT_EQ(edit_distance("gup", "gpu"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(nearest("recieps", {"sources", "recipes"}), "recipes");
  EXPECT_EQ(nearest("zzzzzz", {"sources", "recipes"}), "");
  EXPECT_EQ(nearest("a", {}), "");
}

TEST(Text, TheLanguageDecidesAndAnUnknownKeyIsItself) {
  EXPECT_EQ(language_from("zh_CN.UTF-8"), Language::kChinese);
  EXPECT_EQ(language_from("zh"), Language::kChinese);
  EXPECT_EQ(language_from("en_GB"), Language::kEnglish);
  EXPECT_EQ(language_from("C"), Language::kEnglish);
  set_language(Language::kChinese);
  EXPECT_EQ(text("run.done"), "完成");
  set_language(Language::kEnglish);
  EXPECT_EQ(text("run.done"), "done");
  EXPECT_EQ(text("no.such.key"), "no.such.key");
}

}  // namespace
}  // namespace fulcrum::base
