#pragma once
// Checks: what a table is expected to be. Each is computed from a state that merges: the states of
// two parts, in any order, give the state of the whole, so that today's rows are added to
// yesterday's state without reading yesterday's again. One file check_NAME.cpp and one line in
// checks.def each.
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "data/tables/histogram.h"
#include "data/tables/key_sample.h"
#include "data/tables/table.h"

namespace fulcrum::data::tables {

/// One entry of `checks:` in a settings file. Which members a check reads stands in README.md.
struct CheckSettings {
  static constexpr std::string_view kRequired[] = {"check"};
  std::string check;
  std::string column;
  std::vector<std::string> columns;
  std::optional<double> min, max;
  double at_most = 0;  // share of rows that may break it
  std::string pattern;
  std::vector<std::string> values;
  std::map<std::string, std::string> kinds;  // schema: column -> kind
  bool closed = false;                       // schema: no other columns
  std::string table, to;                     // reference
  std::string determines;                    // dependency
  std::optional<double> psi, ks;             // drift
  std::optional<double> max_age_days;        // freshness

  /// What it is about: two runs' states merge where this is equal.
  std::string key() const;
};

struct CheckState {
  std::int64_t rows = 0, filled = 0, bad = 0;
  std::vector<std::string> samples;    // of bad values: the five smallest
  std::optional<std::int64_t> latest;  // seconds since 1970
  std::map<std::string, std::int64_t> missing_columns, other_columns;  // rows without / with
  KeySample keys;
  Histogram histogram;

  void add_sample(std::string_view value);
  void merge(const CheckState& other);
  bool operator==(const CheckState&) const = default;
};

enum class Outcome { kPassed, kFailed, kNotAssessed };
struct Verdict {
  Outcome outcome = Outcome::kPassed;
  double value = 0;         // what was measured: a share, a count, an index, an age in days
  std::string expectation;  // in figures: "<= 0.01"
  std::string detail;       // English, for a person; may be empty
};

struct CheckContext {
  std::int64_t now_us = 0;
  const CheckState* before = nullptr;  // drift: what to compare with
};

struct CheckKind {
  std::string_view name, summary;
  /// Fails with `checks.settings`.
  base::Status (*validate)(const CheckSettings&);
  void (*observe)(const CheckSettings&, const Table&, CheckState&);
  Verdict (*judge)(const CheckSettings&, const CheckState&, const CheckContext&);
};
const std::vector<CheckKind>& check_kinds();
const CheckKind* find_check(std::string_view name);

/// From {"checks": [...]}. Fails with `checks.settings` and the codec's errors.
base::Result<std::vector<CheckSettings>> parse_checks(const base::json::value& value);
/// Reads the tables that references point to, relative to `folder`, into `values`. Fails as
/// read_table() and with `table.column`.
base::Status load_references(std::vector<CheckSettings>& checks,
                             const std::filesystem::path& folder);

/// One state for each check. A column that the table lacks makes all its rows bad.
std::vector<CheckState> observe(const std::vector<CheckSettings>& checks, const Table& table);
Verdict judge(const CheckSettings& check, const CheckState& state, const CheckContext& context);

/// A saved state: {"checks": [{"key", "state"}]}.
base::json::value to_json(const std::vector<CheckSettings>& checks,
                          const std::vector<CheckState>& states);
/// The states of the same checks from a saved file; checks that it does not know are empty. Fails
/// with `checks.state`.
base::Result<std::vector<CheckState>> states_from(const base::json::value& value,
                                                  const std::vector<CheckSettings>& checks);

}  // namespace fulcrum::data::tables
