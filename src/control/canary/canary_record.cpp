#include "control/canary/canary_record.h"

#include <fmt/format.h>

#include "base/codec.h"
#include "control/engine/engine.h"

namespace fulcrum::control {

namespace json = base::json;

namespace {
constexpr int kLooksShown = 20;  // an outcome goes into reports: the newest looks will do
}

base::Result<CanaryRecord> CanaryRecord::open(const CanarySpec& spec, const CanaryPorts& ports) {
  CanaryRecord record(spec, ports);
  const auto found =
      ports.query("release.show", json::object{{"release", spec.start.release}, {"looks", 1}});
  if (!found && found.error().code != "release.unknown")
    return base::Failure(base::Error(found.error()));
  if (!found)
    CHECK_OK(ports.submit("release.start", base::encode(spec.start).as_object(),
                          "release:" + spec.start.release + ":start"));
  CHECK_OK(record.refresh(true));
  return record;
}

base::Status CanaryRecord::refresh(bool with_chunks) {
  TRY(shown_, ports_.query("release.show", json::object{{"release", spec_.start.release},
                                                        {"looks", kLooksShown},
                                                        {"chunks", with_chunks}}));
  if (!with_chunks) return {};
  chunks_.clear();
  if (const auto* list = base::find_path(shown_, "chunks"); list && list->is_array())
    for (const auto& chunk : list->get_array())
      chunks_.push_back(base::get_string(chunk, "object"));
  shown_.as_object().erase("chunks");
  return {};
}

bool CanaryRecord::ended() const {
  return base::get_string(shown_, "status") != "running";
}

CanaryOutcome CanaryRecord::outcome() const {
  return {base::get_string(shown_, "status"), base::get_string(shown_, "reason"), shown_};
}

std::int64_t CanaryRecord::observations() const {
  return base::get_integer(shown_, "observations");
}

double CanaryRecord::elapsed_s() const {
  return base::get_number(shown_, "elapsed_s");
}

release::ArmCounts CanaryRecord::counts(release::Arm arm) const {
  const auto* found =
      base::find_path(shown_, arm == release::Arm::kStable ? "stable_counts" : "candidate_counts");
  if (!found || !found->is_object()) return {};
  return base::decode<release::ArmCounts>(*found).value_or(release::ArmCounts{});
}

std::string CanaryRecord::stable_version() const {
  return base::get_string(shown_, "stable");
}

std::vector<std::string> CanaryRecord::chunks() const {
  return chunks_;
}

base::Status CanaryRecord::look(const EvidenceCut& cut, double elapsed_s, bool no_more_data,
                                const std::optional<release::PairedCounts>& paired) {
  const std::string& release = spec_.start.release;
  const std::int64_t number = observations() + 1;
  release::ObserveRelease observe;
  observe.release = release;
  observe.stable = cut.stable;
  observe.candidate = cut.candidate;
  observe.elapsed_s = elapsed_s;
  observe.paired = paired;
  if (cut.chunk) observe.chunks.push_back(*cut.chunk);
  CHECK_OK(ports_.submit("release.observe", base::encode(observe).as_object(),
                         fmt::format("release:{}:observe:{}", release, number)));
  CHECK_OK(ports_.submit("release.decide",
                         json::object{{"release", release}, {"no_more_data", no_more_data}},
                         fmt::format("release:{}:decide:{}", release, number)));
  CHECK_OK(refresh(false));
  report();
  return {};
}

void CanaryRecord::report() const {
  if (!ports_.progress) return;
  ports_.progress({.samples = base::get_integer(shown_, "samples"),
                   .max_samples = spec_.start.policy.max_samples,
                   .release = shown_});
}

void bind_engine(CanaryPorts& ports, Engine& engine) {
  ports.submit = [&engine](std::string name, json::object body, std::string key) -> base::Status {
    TRY(const CommandReply reply, engine.submit({.name = std::move(name),
                                                 .body = std::move(body),
                                                 .actor = "service/canary",
                                                 .role = ledger::Role::kService,
                                                 .idempotency_key = std::move(key)}));
    (void)reply;
    return {};
  };
  ports.query = [&engine](std::string name, json::object parameters) {
    return engine.query(name, parameters, "service/canary", ledger::Role::kService);
  };
}

}  // namespace fulcrum::control
