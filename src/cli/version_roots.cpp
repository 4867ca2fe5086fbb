#include "cli/version_roots.h"

#include "cli/version_home.h"

namespace fulcrum::cli {

namespace json = base::json;
using namespace data::versions;

namespace {

constexpr std::int64_t kAll = 4'000'000'000;  // more than any home has

class Roots {
 public:
  Roots(Backend& backend, const Repository& repository)
      : backend_(backend), repository_(repository) {}

  base::Result<std::set<std::string>> run() {
    CHECK_OK(each("run.list", {}, "runs",
                  [&](const json::value& run) { add_at(base::get_string(run, "dataset")); }));
    CHECK_OK(each("model.list", {}, "models",
                  [&](const json::value& model) { add_at(base::get_string(model, "dataset")); }));
    CHECK_OK(each("quality.list", {}, "records",
                  [&](const json::value& quality) { add(base::get_string(quality, "version")); }));
    TRY(const json::value datasets, backend_.query("dataset.list", json::object()));
    for (const auto& dataset : datasets.at("datasets").as_array())
      CHECK_OK(each("dataset.log", {{"dataset", base::get_string(dataset, "dataset")}}, "versions",
                    [&](const json::value& version) {
                      // Made by a plan's run, which goes on referring to it.
                      if (!base::get_string(version, "made_by").empty())
                        add(base::get_string(version, "version"));
                    }));
    return std::move(roots_);
  }

 private:
  template <class Visit>
  base::Status each(const std::string& query, json::object parameters, std::string_view member,
                    const Visit& visit) {
    parameters["limit"] = kAll;
    TRY(const json::value answer, backend_.query(query, parameters));
    const auto* rows = base::find_path(answer, member);
    if (!rows || !rows->is_array())
      return base::failed("version.roots", query + " does not answer " + std::string(member),
                          "use the same program for the server and here");
    for (const auto& row : rows->get_array()) visit(row);
    return {};
  }
  void add(const std::string& version) {
    if (is_version_name(version)) roots_.insert(version);
  }
  /// name@version, as runs and models write it.
  void add_at(const std::string& text) {
    const DatasetAt at = parse_dataset_at(text);
    if (is_version_name(at.what)) return add(at.what);
    if (at.what.empty()) return;
    if (const auto version = repository_.resolve(at.dataset, at.what)) add(version->name);
  }

  Backend& backend_;
  const Repository& repository_;
  std::set<std::string> roots_;
};

}  // namespace

base::Result<std::set<std::string>> version_roots(Backend& backend, const Repository& repository) {
  return Roots(backend, repository).run();
}

}  // namespace fulcrum::cli
