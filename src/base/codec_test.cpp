// Decoding says where a value is wrong, and encoding gives back what was decoded.
#include "base/codec.h"

#include <gtest/gtest.h>

namespace fulcrum::base {
namespace {

enum class Color { kRed, kDarkBlue };
BOOST_DESCRIBE_ENUM(Color, kRed, kDarkBlue)

struct Resources {
  std::uint32_t gpu_milli = 0;
  std::int64_t memory_bytes = -1;
};
BOOST_DESCRIBE_STRUCT(Resources, (), (gpu_milli, memory_bytes))

struct Job {
  static constexpr std::string_view kRequired[] = {"name"};
  std::string name;
  Resources resources;
  std::vector<Resources> attempts;
  std::map<std::string, double> labels;
  std::optional<bool> held;
  Color color = Color::kDarkBlue;
};
BOOST_DESCRIBE_STRUCT(Job, (), (name, resources, attempts, labels, held, color))

Result<Job> read(std::string_view text) {
  return decode<Job>(*parse_json(text, "test"), "job");
}

void expect_error(std::string_view text, std::string_view code, std::string_view field,
                  std::string_view message) {
  const auto job = read(text);
  ASSERT_FALSE(job) << text;
  EXPECT_EQ(job.error().code, code);
  EXPECT_EQ(job.error().field, field);
  EXPECT_EQ(job.error().message, message);
  EXPECT_EQ(job.error().kind, ErrorKind::kUsage);
}

TEST(Codec, AbsentMembersKeepTheirInitialisers) {
  const auto job = read(R"({"name":"n"})");
  ASSERT_TRUE(job) << describe(job.error());
  EXPECT_EQ(job->resources.memory_bytes, -1);
  EXPECT_EQ(job->color, Color::kDarkBlue);
  EXPECT_FALSE(job->held);
}

TEST(Codec, WhatWasEncodedDecodesToTheSame) {
  const std::string text =
      R"({"name":"n","resources":{"gpu_milli":4294967295,"memory_bytes":-9223372036854775808},)"
      R"("attempts":[{"gpu_milli":1,"memory_bytes":2}],"labels":{"a":1.5E0},"held":true,)"
      R"("color":"red"})";
  const auto job = read(text);
  ASSERT_TRUE(job) << describe(job.error());
  EXPECT_EQ(to_text(encode(*job)), text);
}

TEST(Codec, AnErrorCarriesThePathOfItsValue) {
  expect_error(R"({"name":"n","resources":{"gpu_milli":"two"}})", "value.type",
               "job.resources.gpu_milli", "expected integer \u2265 0, got \"two\"");
  expect_error(R"({"name":"n","attempts":[{},{"memory_bytes":1.5}]})", "value.type",
               "job.attempts[1].memory_bytes", "expected integer, got 1.5E0");
  expect_error(R"({"name":"n","labels":{"a":true}})", "value.type", "job.labels.a",
               "expected number, got true");
  expect_error(R"({"name":"n","color":"blue"})", "value.type", "job.color",
               "expected one of red dark_blue, got \"blue\"");
  expect_error(R"({"name":"n","held":1})", "value.type", "job.held",
               "expected true or false, got 1");
  expect_error("[]", "value.type", "job", "expected object, got []");
}

TEST(Codec, IntegersAreRangeCheckedAndNeverRounded) {
  expect_error(R"({"name":"n","resources":{"gpu_milli":4294967296}})", "value.type",
               "job.resources.gpu_milli", "expected integer from 0 to 4294967295, got 4294967296");
  expect_error(R"({"name":"n","resources":{"gpu_milli":-1}})", "value.type",
               "job.resources.gpu_milli", "expected integer \u2265 0, got -1");
  expect_error(R"({"name":"n","resources":{"memory_bytes":9223372036854775808}})", "value.type",
               "job.resources.memory_bytes", "expected integer, got 9223372036854775808");
}

TEST(Codec, AMissingMemberIsNamed) {
  expect_error(R"({"color":"red"})", "value.missing", "job.name", "required, but missing");
}

TEST(Codec, AnUnknownNameIsAnErrorAndNamesTheNearest) {
  const auto job = read(R"({"name":"n","colour":"red"})");
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().code, "value.unknown_name");
  EXPECT_EQ(job.error().field, "job.colour");
  EXPECT_EQ(job.error().fix, "did you mean color?");
}

TEST(Codec, AMisspeltRequiredMemberIsCalledMisspeltNotMissing) {
  const auto job = read(R"({"nam":"n"})");
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().field, "job.nam");
  EXPECT_EQ(job.error().fix, "did you mean name?");
}

TEST(Codec, ALongValueIsCutInTheMessage) {
  const auto job = read(R"({"name":"n","held":")" + std::string(500, 'x') + "\"}");
  ASSERT_FALSE(job);
  EXPECT_LT(job.error().message.size(), 120u);
}

TEST(Codec, PersonalTextKeepsItsSubject) {
  const Personal personal{"member/1", "a name"};
  const auto back = decode<Personal>(encode(personal));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, personal);
  EXPECT_FALSE(decode<Personal>(json::string("a name")));
}

TEST(Codec, NumbersMadeInCodeDecodeAsIfTheyHadBeenParsed) {
  // The parser makes signed integers of small numbers; code makes whatever its variables are.
  const auto attempts = [](json::value number) {
    return decode<std::vector<std::int64_t>>(json::array{std::move(number)});
  };
  EXPECT_EQ(attempts(json::value(std::uint64_t{7})).value().at(0), 7);
  EXPECT_EQ(attempts(json::value(std::int64_t{-7})).value().at(0), -7);
  EXPECT_EQ(attempts(json::value(std::size_t{1} << 40)).value().at(0), std::int64_t{1} << 40);
  EXPECT_FALSE(attempts(json::value(~std::uint64_t{0})));  // larger than any signed one
  const auto unsigned_of = [](json::value number) {
    return decode<std::vector<std::uint64_t>>(json::array{std::move(number)});
  };
  EXPECT_EQ(unsigned_of(json::value(std::int64_t{7})).value().at(0), 7u);
  EXPECT_EQ(unsigned_of(json::value(~std::uint64_t{0})).value().at(0), ~std::uint64_t{0});
  EXPECT_FALSE(unsigned_of(json::value(std::int64_t{-1})));
  EXPECT_EQ(decode<std::vector<double>>(json::array{json::value(std::uint64_t{3})}).value().at(0),
            3.0);
}

TEST(Codec, TheSchemaSaysWhatDecodingAsksFor) {
  const json::object schema = schema_of<Job>();
  EXPECT_EQ(to_text(schema.at("required")), R"(["name"])");
  EXPECT_EQ(schema.at("additionalProperties"), false);
  const auto& properties = schema.at("properties");
  EXPECT_EQ(to_text(properties.at("color")), R"({"type":"string","enum":["red","dark_blue"]})");
  EXPECT_EQ(to_text(properties.at("resources").at("properties").at("gpu_milli")),
            R"({"type":"integer","minimum":0})");
  EXPECT_EQ(properties.at("attempts").at("type"), "array");
}

}  // namespace
}  // namespace fulcrum::base
