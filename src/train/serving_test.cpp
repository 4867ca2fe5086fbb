#include "train/serving.h"

#include <gtest/gtest.h>

#include "train/baselines.h"

namespace fulcrum::train {
namespace {

namespace json = base::json;

std::unique_ptr<InferenceService> service() {
  // d is the most popular, then c, b, a.
  const std::vector<History> training{{0, 1, 2, 3}, {1, 2, 3}, {2, 3}, {3}};
  return make_inference_service(
      {"shop", "3", "popularity", {"a", "b", "c", "d"}, train_popularity(training, 4)});
}

json::value infer(InferenceService& service, const char* history, const char* parameters,
                  int status = 200) {
  const std::string body = std::string(R"({"id":"r1","inputs":[{"name":"history","shape":[1],)") +
                           R"("datatype":"BYTES","data":)" + history + R"(}],"parameters":)" +
                           parameters + "}";
  const auto reply = service.handle("POST", "/v2/models/shop/infer", body);
  EXPECT_EQ(reply.status, status) << reply.body;
  return *base::parse_json(reply.body, "reply");
}

std::string items(const json::value& answer) {
  return base::to_text(answer.at("outputs").as_array()[0].at("data"));
}

TEST(Serving, BestUnseenItemsFirst) {
  const auto one = service();
  const auto answer = infer(*one, R"(["d"])", R"({"k":2,"user":"u"})");
  EXPECT_EQ(items(answer), R"(["c","b"])");
  EXPECT_EQ(base::get_string(answer, "id"), "r1");
  EXPECT_EQ(base::get_string(answer, "model_name"), "shop");
  EXPECT_EQ(base::get_string(answer, "model_version"), "3");
  EXPECT_EQ(base::to_text(answer.at("outputs").as_array()[0].at("shape")), "[2]");
}

TEST(Serving, SeenItemsOnRequestUnknownOnesPassedOver) {
  const auto one = service();
  EXPECT_EQ(items(infer(*one, R"(["d"])", R"({"k":1,"keep_seen":true})")), R"(["d"])");
  const auto answer = infer(*one, R"(["new","a"])", R"({"k":9})");
  EXPECT_EQ(items(answer), R"(["d","c","b"])");
  EXPECT_EQ(base::to_text(answer.at("parameters")), R"({"unknown_items":1})");
  EXPECT_EQ(items(infer(*one, "[]", R"({"k":1})")), R"(["d"])");
}

TEST(Serving, MistakesAreAnswered) {
  const auto one = service();
  EXPECT_EQ(base::get_string(infer(*one, "[]", R"({"k":0})", 400), "code"), "infer.k");
  EXPECT_EQ(base::get_string(infer(*one, "[1]", "{}", 400), "code"), "infer.history");
  EXPECT_EQ(one->handle("POST", "/v2/models/shop/infer", "{").status, 400);
  EXPECT_EQ(one->handle("POST", "/v2/models/shop/infer", "{}").status, 400);
  EXPECT_EQ(one->handle("GET", "/v2/models/shop/infer", "").status, 405);
  EXPECT_EQ(one->handle("POST", "/v2/models/other/infer", "{}").status, 404);
  EXPECT_EQ(one->handle("POST", "/v2/models/shopping/infer", "{}").status, 404);
  EXPECT_EQ(one->handle("GET", "/v2/health/ready", "").status, 200);
  EXPECT_EQ(one->handle("GET", "/v2/models/shop/versions/3", "").status, 200);
  EXPECT_EQ(one->handle("GET", "/v2/models/shop/versions/4/ready", "").status, 404);
}

}  // namespace
}  // namespace fulcrum::train
