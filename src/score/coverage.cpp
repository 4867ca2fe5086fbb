// Coverage over all pillars: product knows requirements, gates, tests and which release was linked;
// release knows what became of that release.
#include "score/answers.h"
#include "score/evidence.h"

namespace fulcrum::score {

namespace json = base::json;

namespace {

/// {"release","status","simulated"} of each linked release, and whether one was promoted.
json::array canaries_of(const Evidence& evidence, const json::value& linked, bool& promoted) {
  json::array canaries;
  if (!linked.is_array()) return canaries;
  for (const auto& link : linked.get_array()) {
    if (!link.is_string()) continue;
    std::string release(link.get_string());
    if (release.starts_with("release/")) release = release.substr(8);
    const auto rows = evidence.rows(
        {.table = "release_releases", .where = {{.column = "release", .value = release}}});
    const std::string status = rows.empty() ? "unknown" : rows[0].text("status");
    promoted |= status == "promoted";
    canaries.push_back(json::object{{"release", release},
                                    {"status", status},
                                    {"simulated", !rows.empty() && rows[0].flag("simulated")}});
  }
  return canaries;
}

/// Product's chain, with its canaries seen through.
json::object chain_of(const Evidence& evidence, const json::value& requirement) {
  const auto& coverage = requirement.at("coverage");
  bool promoted = false;
  auto canaries = canaries_of(evidence, coverage.at("canaries"), promoted);
  std::string missing = base::get_string(coverage, "missing");
  if (missing.empty() && !promoted) missing = "promoted canary";
  return {{"requirement", requirement.at("id")},
          {"title", requirement.at("title")},
          {"gate", requirement.at("gate")},
          {"gate_passed", coverage.at("gate_passed")},
          {"tests", coverage.at("tests")},
          {"canaries", std::move(canaries)},
          {"accepted", base::get_integer(requirement, "accepted") != 0},
          {"covered", missing.empty()},
          {"missing", missing}};
}

}  // namespace

base::Result<json::value> answer(const Sight& sight, const ShowCoverage& query) {
  const Evidence evidence(sight.tables, {});
  TRY(const auto listed,
      run_query(sight, "requirement.list", json::object{{"product", query.product}}));
  json::array requirements;
  std::size_t covered = 0;
  for (const auto& requirement : listed.at("requirements").as_array()) {
    if (base::get_integer(requirement, "dropped") != 0) continue;
    requirements.push_back(chain_of(evidence, requirement));
    if (base::get_bool(requirements.back(), "covered")) ++covered;
  }
  const std::size_t wanted = requirements.size();
  return json::object{{"wanted", wanted},
                      {"covered", covered},
                      {"requirements", std::move(requirements)},
                      {"orphans", listed.at("orphans")}};
}

}  // namespace fulcrum::score
