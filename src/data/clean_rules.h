#pragma once
// What a rule sees and does. A rule is one function in one file and one line in rules.def; rules
// run in that order, each on what the ones before it left.
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "data/event_table.h"

namespace fulcrum::data {

/// What a reference input knows: the ids of users or items, and numbers about them.
struct Reference {
  std::string input;      // "items"
  std::string id_column;  // in the reference
  std::unordered_set<std::string> ids;
  std::map<std::string, std::unordered_map<std::string, double>> numbers;  // column -> id -> number
};

struct RuleAccount {
  std::int64_t dropped = 0, changed = 0;
  std::vector<base::json::object> samples;
};

struct SessionScore {
  std::string session, user, agent;
  std::int64_t events = 0;
  bool bot = false;
  double score = 0;
  std::map<std::string, double> evidence;  // feature -> its part of the score
};

/// Who decided what about which row.
class Judgement {
 public:
  Judgement(const EventTable& table, std::size_t max_samples)
      : table_(table), dropped_by_(table.rows(), -1), max_samples_(max_samples) {}

  void begin_rule(std::string_view name);
  bool dropped(std::size_t row) const { return dropped_by_[row] >= 0; }
  void drop(std::size_t row, std::string_view why);
  /// `before` is what the cell held.
  void change(std::size_t row, std::string_view column, std::string_view before,
              std::string_view after);
  void drop_line(const BadLine& line);
  /// A remark that belongs into the report ("references: 40 % of items unknown, not applied").
  void note(std::string text) { notes_.push_back(std::move(text)); }

  struct Change {
    std::size_t row;
    int rule;
    bool operator==(const Change&) const = default;
  };
  const std::vector<std::string>& rules() const { return rules_; }
  const std::vector<RuleAccount>& accounts() const { return accounts_; }
  int dropped_by(std::size_t row) const { return dropped_by_[row]; }
  const std::vector<Change>& changes() const { return changes_; }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  void sample(base::json::object sample);
  const EventTable& table_;
  std::vector<int> dropped_by_;
  std::vector<Change> changes_;
  std::vector<std::string> rules_, notes_;
  std::vector<RuleAccount> accounts_;
  std::size_t max_samples_;
};

struct CleanWork {
  const CleanSettings& settings;
  EventTable& table;
  const std::map<std::string, Reference>& references;  // by event column
  Judgement& judgement;
  std::vector<SessionScore> sessions = {};
};

struct Rule {
  std::string_view name;
  std::string_view summary;
  base::Status (*apply)(CleanWork& work);
};
const std::vector<Rule>& clean_rules();

#define RULE(function, name, summary) base::Status function(CleanWork& work);
#include "data/rules.def"
#undef RULE

}  // namespace fulcrum::data
