// control/canary/gateway.h and gateway_evidence.h. First line: a path; the rest: lines, each a body
// for it, and together a sealed request log.
#include "base/compress.h"
#include "base/json.h"
#include "control/canary/gateway.h"
#include "fuzz/fuzz.h"

namespace {

using namespace fulcrum;
using release::Arm;

void check_counts(const release::ArmCounts& counts) {
  fuzz::must(counts.successes <= counts.samples && counts.samples <= counts.requests,
             "a reward has a request");
  fuzz::must(counts.errors <= counts.requests && counts.slow <= counts.requests,
             "errors and slow answers are requests");
}

void answer_each(control::Gateway& gateway, std::string_view path, std::string_view bodies) {
  while (!bodies.empty()) {
    const std::string body(fuzz::take_line(bodies));
    for (const char* method : {"POST", "GET"}) {
      const auto response = gateway.handle({method, std::string(path), body});
      fuzz::must(response.status >= 200 && response.status <= 503, "an answer has a status");
      fuzz::must(base::parse_json(response.body, "response").has_value(), "an answer is JSON");
    }
  }
  for (const Arm arm : {Arm::kStable, Arm::kCandidate})
    check_counts(gateway.evidence().counts(arm));
  fuzz::must(gateway.evidence().counts(Arm::kStable).samples <= 1, "one request, one reward");
}

std::string counts_text(const control::GatewayEvidence& evidence) {
  std::string text;
  for (const Arm arm : {Arm::kStable, Arm::kCandidate}) {
    const auto counts = evidence.counts(arm);
    check_counts(counts);
    for (const auto count : {counts.requests, counts.errors, counts.slow, counts.samples,
                             counts.successes, counts.users})
      text += std::to_string(count) + " ";
  }
  return text;
}

}  // namespace

FUZZ(gateway) {
  const auto objects = objects::open_memory_store();
  static const base::ManualClock clock(1'000'000);
  const auto path = fuzz::take_line(input);
  // As http::set_target hands them over.
  if (!base::parse_json(base::to_text(base::json::value(path)), "path")) return;
  control::Gateway gateway({.model = "m",
                            .release = "r",
                            .stable_version = "1",
                            .candidate_version = "2",
                            .clock = &clock},
                           *objects);
  gateway.evidence().served({.id = "q1", .status = 200, .time_us = 1});
  answer_each(gateway, path, input);

  const auto object = objects->put(*base::compress(input));
  control::GatewayEvidence first(*objects, {}), second(*objects, {});
  const auto status = first.replay({*object});
  fuzz::must(second.replay({*object}).has_value() == status.has_value() &&
                 counts_text(first) == counts_text(second),
             "a log gives the same counts each time");
}
