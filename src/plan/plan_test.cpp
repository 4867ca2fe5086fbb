#include "plan/plan.h"

#include <gtest/gtest.h>

#include "plan/graph.h"
#include "plan/variables.h"

namespace fulcrum::plan {
namespace {

constexpr std::string_view kPlan = R"(fulcrum: 1
plan: small
settings: {seed: 7, dirt: 0.1}
product: {name: shop}
requirements:
  - {id: R1, title: better, gate: good}
services:
  shop: {command: [python3, shop.py, --seed, "${seed}"], port_file: "${work}/port"}
sources:
  users: {kind: http_json, url: "${shop.url}/api/users"}
  clicks: {kind: files, path: "${shop.folder}/logs"}
cleaning: {events: clicks, users: users}
checks:
  - {id: judge, command: [python3, judge.py, "${clean.decisions}"]}
dataset: {name: clicks}
training: {recipe: {epochs: 3}}
evaluation:
  gates:
    - {id: good, metric: ndcg_at_10, above: item_knn}
release: {model: m, stable: item_knn, traffic: {command: [python3, shoppers.py]}}
)";

base::Result<Plan> plan_from(std::string text) {
  auto document = parse_document(text, "p.yaml");
  if (!document) return base::Failure(document.error());
  return decode_plan(*document);
}

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(kPlan);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

const Step& step_of(const Graph& graph, std::string_view id) {
  for (const auto& step : graph.steps)
    if (step.id == id) return step;
  throw std::runtime_error("no step " + std::string(id));
}

TEST(Plan, SettingsAreFilledInWithTheirType) {
  const auto plan = plan_from(replaced("epochs: 3", "epochs: \"${seed}\", note: \"x${seed}\""));
  ASSERT_TRUE(plan) << base::describe(plan.error());
  EXPECT_EQ(base::to_text(plan->training->recipe), R"({"epochs":7,"note":"x7"})");
  EXPECT_EQ(plan->services.at("shop").command[3], "7");
}

struct Mistake {
  const char* from;
  const char* to;
  const char* code;
  const char* field;
  const char* fix;
};

class PlanMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(PlanMistakes, AreShownWithFileLineColumnAndAWayOut) {
  const auto plan = plan_from(replaced(GetParam().from, GetParam().to));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, GetParam().code);
  EXPECT_EQ(plan.error().field, GetParam().field);
  EXPECT_NE(plan.error().fix.find(GetParam().fix), std::string::npos) << plan.error().fix;
  EXPECT_EQ(base::exit_code(plan.error()), 2);
}

INSTANTIATE_TEST_SUITE_P(
    All, PlanMistakes,
    testing::Values(Mistake{"training:", "traning:", "value.unknown_name", "p.yaml:16:1: traning",
                            "did you mean training?"},
                    Mistake{"product: {name: shop}", "product: {nam: shop}", "value.unknown_name",
                            "p.yaml:4:11: product.nam", "did you mean name?"},
                    Mistake{"gate: good", "gate: goood", "plan.requirement",
                            "p.yaml:6:29: requirements[0].gate", "gates: good, canary"},
                    Mistake{"above: item_knn", "above: item_kn", "plan.gate",
                            "p.yaml:19:38: evaluation.gates[0].above", "popularity, item_knn"},
                    Mistake{"above: item_knn", "at_least: 1, at_most: 2", "plan.gate",
                            "p.yaml:19:7: evaluation.gates[0]", "at_least"},
                    Mistake{"${seed}\"], port", "${sed}\"], port", "plan.variable",
                            "p.yaml:8:46: services.shop.command[3]", "did you mean ${seed}?"},
                    Mistake{"stable: item_knn", "stable: nothing", "plan.release",
                            "p.yaml:20:21: release.stable", "popularity, item_knn"},
                    Mistake{"fulcrum: 1", "fulcrum: 2", "plan.format", "p.yaml:1:1: fulcrum", ""}));

TEST(Graph, StepsComeAfterWhatTheyDependOn) {
  const auto plan = plan_from(std::string(kPlan));
  ASSERT_TRUE(plan) << base::describe(plan.error());
  const auto graph = build_graph(*plan);
  ASSERT_TRUE(graph) << base::describe(graph.error());
  std::map<std::string, std::size_t> position;
  for (std::size_t i = 0; i < graph->steps.size(); ++i) {
    const Step& step = graph->steps[i];
    for (const auto& [name, source] : step.inputs) EXPECT_TRUE(position.contains(source.step));
    for (const auto& need : step.needs) EXPECT_TRUE(position.contains(need));
    position[step.id] = i;
  }
  EXPECT_EQ(graph->steps.back().id, "score");
  EXPECT_EQ(step_of(*graph, "collect.users").services, std::vector<std::string>{"shop"});
  EXPECT_EQ(step_of(*graph, "check.judge").inputs.at("clean.decisions").step, "clean");
  EXPECT_EQ(step_of(*graph, "clean").inputs.at("events").step, "collect.clicks");
}

TEST(Graph, PipelinesReadSourcesAndEachOther) {
  const auto plan = plan_from(replaced("cleaning:",
                                       "pipelines:\n"
                                       "  web: {in: clicks, steps: [c4]}\n"
                                       "  best: {in: web, steps: [fineweb]}\n"
                                       "cleaning:"));
  ASSERT_TRUE(plan) << base::describe(plan.error());
  const auto graph = build_graph(*plan);
  ASSERT_TRUE(graph) << base::describe(graph.error());
  EXPECT_EQ(step_of(*graph, "pipeline.web").inputs.at("in").step, "collect.clicks");
  EXPECT_EQ(step_of(*graph, "pipeline.best").inputs.at("in").step, "pipeline.web");
  EXPECT_EQ(step_of(*graph, "pipeline.web").settings.as_object().size(), 1U);
  EXPECT_EQ(step_of(*graph, "version").inputs.at("pipeline.best").output, "records");

  const auto lost =
      plan_from(replaced("cleaning:", "pipelines:\n  web: {in: clickz, steps: [c4]}\ncleaning:"));
  ASSERT_TRUE(lost);
  const auto refused = build_graph(*lost);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "pipelines.web.in");
}

TEST(Graph, UnknownOwnerOfAVariableIsRefused) {
  const auto plan = plan_from(replaced("${clean.decisions}", "${cleaning.decisions}"));
  ASSERT_TRUE(plan);
  const auto graph = build_graph(*plan);
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().code, "plan.variable");
}

TEST(Graph, IdentityFollowsWhatDecidesTheResult) {
  const auto plan = plan_from(std::string(kPlan));
  const auto other = plan_from(replaced("seed: 7", "seed: 8"));
  ASSERT_TRUE(plan && other);
  const auto graph = build_graph(*plan);
  const auto other_graph = build_graph(*other);
  ASSERT_TRUE(graph && other_graph);
  const Step& users = step_of(*graph, "collect.users");
  const std::string identity = step_identity(*plan, users, {}, {}, "");
  EXPECT_EQ(identity, step_identity(*plan, users, {}, {}, ""));
  EXPECT_NE(identity, step_identity(*plan, users, {{"a", "b"}}, {}, ""));
  EXPECT_NE(identity, step_identity(*plan, users, {}, {"need"}, ""));
  EXPECT_NE(identity, step_identity(*plan, users, {}, {}, "file"));
  // The service's definition holds the seed, so the source's identity changes with it.
  EXPECT_NE(identity, step_identity(*other, step_of(*other_graph, "collect.users"), {}, {}, ""));
}

TEST(Variables, OnlyKnownOnesAreReplaced) {
  const Lookup lookup = [](std::string_view name) -> std::optional<std::string> {
    if (name == "a") return "1";
    return std::nullopt;
  };
  EXPECT_EQ(substitute(std::string_view("x${a}y${b}z${"), lookup), "x1y${b}z${");
  const ValueLookup typed = [](std::string_view name) -> std::optional<base::json::value> {
    if (name == "shop.port") return base::json::value(8080);
    return std::nullopt;
  };
  const base::json::value filled =
      substitute(base::json::object{{"port", "${shop.port}"},
                                    {"list", {"${shop.port}", "${later}"}},
                                    {"url", "http://h:${shop.port}/"},
                                    {"command", {"serve", "${shop.port}"}}},
                 typed);
  EXPECT_EQ(base::to_text(filled), R"({"port":8080,"list":[8080,"${later}"],)"
                                   R"("url":"http://h:8080/","command":["serve","8080"]})");
  EXPECT_EQ(variables_in(base::json::object{{"k", "${p.q}${a}"}}),
            (std::set<std::string>{"a", "p.q"}));
}

}  // namespace
}  // namespace fulcrum::plan
