#include "api/convert.h"

#include <gtest/gtest.h>

namespace fulcrum::api {
namespace {

namespace json = base::json;

json::object schema() {
  return base::parse_json(R"({"type":"object","properties":{
      "count":{"type":"integer","minimum":0},"share":{"type":"number"},"on":{"type":"boolean"},
      "tags":{"type":"array","items":{"type":"string"}},
      "resources":{"type":"object","properties":{"gpu_milli":{"type":"integer"}}},
      "name":{"type":"string"},"any":{},
      "who":{"type":"object","description":"personal text, stored sealed"}}})",
                          "schema")
      ->as_object();
}

json::value set(std::string_view name, std::string_view text) {
  json::object body;
  set_from_text(body, schema(), name, text);
  return body;
}

TEST(Convert, FollowsTheSchema) {
  EXPECT_EQ(base::to_text(set("count", "3")), R"({"count":3})");
  EXPECT_EQ(base::to_text(set("name", "3")), R"({"name":"3"})");
  EXPECT_EQ(base::to_text(set("on", "true")), R"({"on":true})");
  EXPECT_EQ(base::to_text(set("resources.gpu_milli", "500")), R"({"resources":{"gpu_milli":500}})");
  EXPECT_EQ(base::to_text(set("tags", "a")), R"({"tags":["a"]})");
  EXPECT_EQ(base::to_text(set("tags", R"(["a","b"])")), R"({"tags":["a","b"]})");
  EXPECT_EQ(base::to_text(set("any", R"({"x":1})")), R"({"any":{"x":1}})");
  EXPECT_EQ(base::to_text(set("who", "Ann")),
            R"({"who":{"$personal":{"subject":"","text":"Ann"}}})");
}

TEST(Convert, WhatDoesNotFitStaysText) {
  EXPECT_EQ(base::to_text(set("count", "two")), R"({"count":"two"})");
  EXPECT_EQ(base::to_text(set("count", "3.5")), R"({"count":"3.5"})");
  EXPECT_EQ(base::to_text(set("on", "yes")), R"({"on":"yes"})");
  EXPECT_EQ(base::to_text(set("unknown", "x")), R"({"unknown":"x"})");
}

TEST(Convert, AListGrows) {
  json::object body;
  set_from_text(body, schema(), "tags", "a");
  set_from_text(body, schema(), "tags", "b");
  EXPECT_EQ(base::to_text(body), R"({"tags":["a","b"]})");
}

}  // namespace
}  // namespace fulcrum::api
