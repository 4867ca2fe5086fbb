#include "data/clean_rules.h"

#include "data/personal/personal_text.h"

namespace fulcrum::data {

namespace json = base::json;

const std::vector<Rule>& clean_rules() {
  static const std::vector<Rule> rules = {
#define RULE(function, name, summary) {name, summary, function},
#include "data/rules.def"
#undef RULE
  };
  return rules;
}

namespace {

/// Samples are read by people: they must not show what a later rule takes out of the data.
json::object without_personal_data(json::object object) {
  for (auto& member : object)
    if (member.value().is_string())
      member.value() = json::string(redact(std::string_view(member.value().get_string())).text);
  return object;
}

}  // namespace

void Judgement::begin_rule(std::string_view name) {
  rules_.emplace_back(name);
  accounts_.emplace_back();
}

void Judgement::sample(json::object sample) {
  auto& samples = accounts_.back().samples;
  if (samples.size() < max_samples_) samples.push_back(std::move(sample));
}

void Judgement::drop(std::size_t row, std::string_view why) {
  if (dropped(row)) return;
  dropped_by_[row] = static_cast<int>(rules_.size()) - 1;
  ++accounts_.back().dropped;
  if (accounts_.back().samples.size() < max_samples_)
    sample({{"file", table_.files[table_.file[row]]},
            {"line", table_.line[row]},
            {"action", "drop"},
            {"why", why},
            {"row", without_personal_data(table_.row(row))}});
}

void Judgement::change(std::size_t row, std::string_view column, std::string_view before,
                       std::string_view after) {
  const Change change{row, static_cast<int>(rules_.size()) - 1};
  if (changes_.empty() || changes_.back() != change) {
    changes_.push_back(change);
    ++accounts_.back().changed;
  }
  if (accounts_.back().samples.size() < max_samples_)
    sample({{"file", table_.files[table_.file[row]]},
            {"line", table_.line[row]},
            {"action", "change"},
            {"column", column},
            {"before", before},
            {"after", after}});
}

void Judgement::drop_line(const BadLine& line) {
  ++accounts_.back().dropped;
  if (accounts_.back().samples.size() < max_samples_)
    sample({{"file", table_.files[line.file]},
            {"line", line.line},
            {"action", "drop"},
            {"why", line.reason},
            {"text", redact(line.sample).text}});
}

}  // namespace fulcrum::data
