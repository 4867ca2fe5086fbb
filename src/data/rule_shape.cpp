// What nobody wrote a rule for often shows in a value's form: another kind, another pattern, or the
// pattern of another column. The usual form of each column is learnt from the data.
#include <fmt/format.h>

#include <algorithm>

#include "data/column_profile.h"

namespace fulcrum::data {

namespace {

constexpr std::size_t kLeastRows = 50;
constexpr double kUsual = 0.80;    // a form that so many rows have is the column's
constexpr double kRare = 0.03;     // another form, not rarer than this, is a second usual one
constexpr double kForeign = 0.20;  // … unless it is the usual form of another column

struct Pattern {
  int level = -1;  // -1: the column has no usual form
  std::string usual;
  std::unordered_map<std::string, double> shares;
};

Pattern learn(const CleanWork& work, std::size_t index) {
  const Column& cells = work.table.columns[index];
  std::unordered_map<std::uint32_t, std::size_t> counts;
  std::size_t total = 0;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row) || cells.kinds[row] != CellKind::kText) continue;
    ++counts[cells.texts[row]];
    ++total;
  }
  if (total < kLeastRows) return {};
  for (int level = 0; level < kFormLevels; ++level) {
    Pattern pattern{level, {}, {}};
    for (const auto& [text, count] : counts)
      pattern.shares[form_of(work.table.texts[text], level)] +=
          static_cast<double>(count) / static_cast<double>(total);
    for (const auto& [form, share] : pattern.shares)
      if (share >= kUsual) pattern.usual = form;
    if (!pattern.usual.empty()) return pattern;
    if (pattern.shares.size() > 100'000) continue;
  }
  return {};
}

void drop_other_kinds(CleanWork& work, std::size_t index) {
  const Column& cells = work.table.columns[index];
  std::size_t counts[6] = {}, total = 0;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row) || cells.is_missing(row)) continue;
    ++counts[static_cast<std::size_t>(cells.kinds[row])];
    ++total;
  }
  if (total < kLeastRows) return;
  for (std::size_t kind = 0; kind < 6; ++kind) {
    if (static_cast<double>(counts[kind]) < kUsual * static_cast<double>(total)) continue;
    for (std::size_t row = 0; row < work.table.rows(); ++row)
      if (!work.judgement.dropped(row) && !cells.is_missing(row) &&
          static_cast<std::size_t>(cells.kinds[row]) != kind)
        work.judgement.drop(row, cells.name + " is of another kind than elsewhere");
  }
}

/// Random hexadecimal has ids of digits alone: fewer classes of characters are no other form.
bool is_part_of(const std::string& form, const std::string& usual, int level) {
  if (level < 2) return false;
  const auto classes = [](const std::string& text) { return text.substr(0, text.rfind(':')); };
  if (level == 2 && form.substr(form.rfind(':')) != usual.substr(usual.rfind(':'))) return false;
  const std::string own = level == 2 ? classes(form) : form;
  return std::all_of(own.begin(), own.end(),
                     [&](char c) { return usual.find(c) != std::string::npos; });
}

}  // namespace

base::Status rule_shape(CleanWork& work) {
  auto& table = work.table;
  std::vector<Pattern> patterns(table.columns.size());
  std::vector<bool> checked(table.columns.size());
  for (std::size_t index = 0; index < table.columns.size(); ++index) {
    const int column = static_cast<int>(index);
    if (column == table.time) continue;  // has a rule of its own
    const ColumnLooks looks = looks_of(work, index);
    if (looks != ColumnLooks::kProse && looks != ColumnLooks::kMixed) drop_other_kinds(work, index);
    const bool key = column == table.user || column == table.item || column == table.session ||
                     column == table.event_id;
    checked[index] = (key || looks == ColumnLooks::kCodes) && column != table.agent;
    if (checked[index]) patterns[index] = learn(work, index);
  }
  for (std::size_t index = 0; index < table.columns.size(); ++index) {
    const Pattern& pattern = patterns[index];
    if (pattern.level < 0) continue;
    std::unordered_map<std::string, bool> foreign;
    for (std::size_t other = 0; other < patterns.size(); ++other)
      if (other != index && patterns[other].level == pattern.level)
        foreign[patterns[other].usual] = true;
    const Column& cells = table.columns[index];
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (work.judgement.dropped(row) || cells.kinds[row] != CellKind::kText) continue;
      const std::string form = form_of(table.texts[cells.texts[row]], pattern.level);
      if (form == pattern.usual || is_part_of(form, pattern.usual, pattern.level)) continue;
      const double share = pattern.shares.at(form);
      if (share < kRare || (share < kForeign && foreign.contains(form)))
        work.judgement.drop(
            row, fmt::format("{} \"{}\" has the form {}, usual is {}", cells.name,
                             table.texts[cells.texts[row]].substr(0, 60), form, pattern.usual));
    }
  }
  return {};
}

}  // namespace fulcrum::data
