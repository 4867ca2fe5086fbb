#include "control/run/step_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>

namespace fulcrum::control {
namespace {

const std::atomic<bool> kGoesOn{false};
const std::atomic<bool> kStopped{true};

/// Whether it could enter now: an interrupted step does not wait.
bool could_enter(StepGate& gate, const StepGate::Use& use) {
  return static_cast<bool>(gate.enter(use, kStopped));
}

TEST(StepGate, OneWritesAndNobodyReadsThere) {
  StepGate gate;
  {
    const auto pass = gate.enter({"clean", {"raw"}}, kGoesOn);
    ASSERT_TRUE(pass);
    EXPECT_FALSE(could_enter(gate, {"clean", {}}));
    EXPECT_FALSE(could_enter(gate, {"train", {"clean"}}));
    EXPECT_FALSE(could_enter(gate, {"raw", {}})) << "it is being read";
    EXPECT_TRUE(could_enter(gate, {"other", {"raw"}})) << "many may read";
  }
  EXPECT_TRUE(could_enter(gate, {"clean", {"raw"}}));
  EXPECT_TRUE(could_enter(gate, {"raw", {}}));
}

TEST(StepGate, WhoWaitsEntersWhenItIsFree) {
  StepGate gate;
  std::optional<StepGate::Pass> first(gate.enter({"clean", {}}, kGoesOn));
  auto second = std::async(std::launch::async, [&] {
    return static_cast<bool>(gate.enter({"train", {"clean"}}, kGoesOn));
  });
  first.reset();
  EXPECT_TRUE(second.get());
}

TEST(StepGate, AnInterruptedStepNoLongerWaits) {
  StepGate gate;
  const auto first = gate.enter({"clean", {}}, kGoesOn);
  std::atomic<bool> interrupted{false};
  auto second = std::async(std::launch::async, [&] {
    return static_cast<bool>(gate.enter({"clean", {}}, interrupted));
  });
  interrupted = true;
  EXPECT_FALSE(second.get());
}

}  // namespace
}  // namespace fulcrum::control
