#include "data/tables/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/describe.hpp>

#include "base/codec.h"
#include "base/spelling.h"
#include "data/tables/check_kinds.h"

namespace fulcrum::data::tables {

namespace json = base::json;

BOOST_DESCRIBE_STRUCT(CheckSettings, (),
                      (check, column, columns, min, max, at_most, pattern, values, kinds, closed,
                       table, to, determines, psi, ks, max_age_days))

namespace {

struct CheckFile {
  static constexpr std::string_view kRequired[] = {"checks"};
  std::vector<CheckSettings> checks;
};
BOOST_DESCRIBE_STRUCT(CheckFile, (), (checks))

base::Failure broken() {
  return base::failed("checks.state", "the saved state of a check cannot be read",
                      "make it again from the data");
}

}  // namespace

const std::vector<CheckKind>& check_kinds() {
  static const std::vector<CheckKind> kinds = {
#define CHECK(prefix, name, summary) \
  {name, summary, prefix##_validate, prefix##_observe, prefix##_judge},
#include "data/tables/checks.def"
#undef CHECK
  };
  return kinds;
}

const CheckKind* find_check(std::string_view name) {
  for (const CheckKind& kind : check_kinds())
    if (kind.name == name) return &kind;
  return nullptr;
}

std::string CheckSettings::key() const {
  std::string text = check;
  if (!column.empty()) text += " " + column;
  if (!columns.empty()) text += " " + listed(columns);
  if (!determines.empty()) text += " -> " + determines;
  return text;
}

void CheckState::add_sample(std::string_view value) {
  constexpr std::size_t kMost = 5, kBytes = 80;
  std::string text(value.substr(0, kBytes));
  const auto at = std::lower_bound(samples.begin(), samples.end(), text);
  if (at != samples.end() && *at == text) return;
  samples.insert(at, std::move(text));
  if (samples.size() > kMost) samples.pop_back();
}

void CheckState::merge(const CheckState& other) {
  rows += other.rows;
  filled += other.filled;
  bad += other.bad;
  for (const auto& sample : other.samples) add_sample(sample);
  if (other.latest) latest = std::max(latest.value_or(*other.latest), *other.latest);
  for (const auto& [name, count] : other.missing_columns) missing_columns[name] += count;
  for (const auto& [name, count] : other.other_columns) other_columns[name] += count;
  keys.merge(other.keys);
  histogram.merge(other.histogram);
}

base::Result<std::vector<CheckSettings>> parse_checks(const json::value& value) {
  TRY(CheckFile file, base::decode<CheckFile>(value));
  std::vector<std::string_view> names;
  for (const CheckKind& kind : check_kinds()) names.push_back(kind.name);
  for (std::size_t i = 0; i < file.checks.size(); ++i) {
    const CheckSettings& check = file.checks[i];
    const CheckKind* kind = find_check(check.check);
    if (!kind)
      return base::usage("checks.settings", fmt::format("there is no check {}", check.check),
                         fmt::format("checks[{}].check", i),
                         "did you mean " + base::nearest(check.check, names) + "?");
    if (auto valid = kind->validate(check); !valid) {
      valid.error().field = fmt::format("checks[{}]", i);
      return base::Failure(std::move(valid.error()));
    }
    if (check.at_most < 0 || check.at_most > 1)
      return base::usage("checks.settings", "at_most is a share, from 0 to 1",
                         fmt::format("checks[{}].at_most", i));
  }
  return std::move(file.checks);
}

base::Status load_references(std::vector<CheckSettings>& checks,
                             const std::filesystem::path& folder) {
  for (CheckSettings& check : checks) {
    if (check.check != "reference") continue;
    TRY(const Table table, read_table(folder / check.table));
    TRY(const std::size_t at, need_column(table, check.to, check.table + ":1"));
    const Column& column = table.columns[at];
    for (Code code = 0; code < column.distinct(); ++code)
      check.values.emplace_back(column.value(code));
  }
  return {};
}

std::vector<CheckState> observe(const std::vector<CheckSettings>& checks, const Table& table) {
  std::vector<CheckState> states(checks.size());
  for (std::size_t i = 0; i < checks.size(); ++i)
    find_check(checks[i].check)->observe(checks[i], table, states[i]);
  return states;
}

Verdict judge(const CheckSettings& check, const CheckState& state, const CheckContext& context) {
  return find_check(check.check)->judge(check, state, context);
}

json::value to_json(const std::vector<CheckSettings>& checks,
                    const std::vector<CheckState>& states) {
  json::array all;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const CheckState& state = states[i];
    json::object text{{"rows", state.rows},
                      {"filled", state.filled},
                      {"bad", state.bad},
                      {"samples", base::encode(state.samples)},
                      {"latest", base::encode(state.latest)},
                      {"missing_columns", base::encode(state.missing_columns)},
                      {"other_columns", base::encode(state.other_columns)},
                      {"keys", state.keys.to_json()},
                      {"histogram", state.histogram.to_json()}};
    all.push_back(json::object{{"key", checks[i].key()}, {"state", std::move(text)}});
  }
  return json::object{{"checks", std::move(all)}};
}

namespace {

base::Result<CheckState> state_from(const json::value& value) {
  CheckState state;
  const auto* object = value.if_object();
  if (!object) return broken();
  for (const auto* name : {"rows", "filled", "bad", "samples", "latest", "missing_columns",
                           "other_columns", "keys", "histogram"})
    if (!object->contains(name)) return broken();
  TRY(state.rows, base::decode<std::int64_t>(object->at("rows"), "rows"));
  TRY(state.filled, base::decode<std::int64_t>(object->at("filled"), "filled"));
  TRY(state.bad, base::decode<std::int64_t>(object->at("bad"), "bad"));
  TRY(state.samples, base::decode<std::vector<std::string>>(object->at("samples"), "samples"));
  TRY(state.latest, base::decode<std::optional<std::int64_t>>(object->at("latest"), "latest"));
  using Counts = std::map<std::string, std::int64_t>;
  TRY(state.missing_columns,
      base::decode<Counts>(object->at("missing_columns"), "missing_columns"));
  TRY(state.other_columns, base::decode<Counts>(object->at("other_columns"), "other_columns"));
  TRY(state.keys, KeySample::from_json(object->at("keys")));
  TRY(state.histogram, Histogram::from_json(object->at("histogram")));
  return state;
}

}  // namespace

base::Result<std::vector<CheckState>> states_from(const json::value& value,
                                                  const std::vector<CheckSettings>& checks) {
  const auto* all = base::find_path(value, "checks");
  if (!all || !all->is_array()) return broken();
  std::map<std::string, CheckState> known;
  for (const auto& entry : all->get_array()) {
    const auto* state = base::find_path(entry, "state");
    if (!state) return broken();
    TRY(known[base::get_string(entry, "key")], state_from(*state));
  }
  std::vector<CheckState> states;
  for (const CheckSettings& check : checks) states.push_back(known[check.key()]);
  return states;
}

}  // namespace fulcrum::data::tables
