// One spelling for one value: spaces off the ends, an enumeration's usual case, ids in the case of
// the id that is known, numbers as numbers.
#include <fmt/format.h>

#include <algorithm>

#include "data/column_profile.h"

namespace fulcrum::data {

namespace {

/// Folded text -> its most frequent spelling.
std::unordered_map<std::string, std::uint32_t> usual_spellings(const CleanWork& work,
                                                               const Column& cells) {
  std::unordered_map<std::uint32_t, std::size_t> counts;
  for (std::size_t row = 0; row < work.table.rows(); ++row)
    if (cells.kinds[row] == CellKind::kText) ++counts[cells.texts[row]];
  std::unordered_map<std::string, std::uint32_t> usual;
  for (const auto& [text, count] : counts) {
    const auto trimmed = trim_unicode(work.table.texts[text]);
    const auto [found, fresh] = usual.try_emplace(lower_ascii(trimmed), text);
    if (fresh) continue;
    const auto best = counts[found->second];
    if (count > best || (count == best && work.table.texts[text] < work.table.texts[found->second]))
      found->second = text;
  }
  return usual;
}

void normalise_texts(CleanWork& work, std::size_t index, bool fold_case) {
  Column& cells = work.table.columns[index];
  const auto usual =
      fold_case ? usual_spellings(work, cells) : std::unordered_map<std::string, std::uint32_t>{};
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (cells.kinds[row] != CellKind::kText) continue;
    const std::string_view before = work.table.texts[cells.texts[row]];
    std::string_view after = trim_unicode(before);
    if (fold_case) after = trim_unicode(work.table.texts[usual.at(lower_ascii(after))]);
    if (after == before) continue;
    const std::string old(before), fresh(after);
    work.table.set_text(static_cast<int>(index), row, fresh);
    work.judgement.change(row, cells.name, old, fresh);
  }
}

void normalise_numbers(CleanWork& work, std::size_t index) {
  Column& cells = work.table.columns[index];
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (cells.kinds[row] != CellKind::kText) continue;
    const std::string old(work.table.texts[cells.texts[row]]);
    const std::string trimmed(trim_unicode(old));
    if (trimmed != old) work.table.set_text(static_cast<int>(index), row, trimmed);
    const auto number = work.table.number(static_cast<int>(index), row);
    if (!number) continue;
    work.table.set_number(static_cast<int>(index), row, *number);
    work.judgement.change(row, cells.name, old, fmt::format("{}", *number));
  }
}

/// A CSV has only texts: a column of them that reads as numbers is numbers, which changes nothing.
bool is_number_column(const CleanWork& work, std::size_t index) {
  const Column& cells = work.table.columns[index];
  std::size_t texts = 0, numeric = 0;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (cells.kinds[row] == CellKind::kNumber) return false;
    if (cells.kinds[row] != CellKind::kText) continue;
    ++texts;
    numeric += work.table.number(static_cast<int>(index), row).has_value();
  }
  return texts > 0 && numeric * 5 >= texts * 4;
}

void texts_to_numbers(CleanWork& work, std::size_t index) {
  for (std::size_t row = 0; row < work.table.rows(); ++row)
    if (const auto number = work.table.number(static_cast<int>(index), row))
      work.table.set_number(static_cast<int>(index), row, *number);
}

/// Ids of both cases at random (base 64) must not be folded.
bool case_is_noise(const CleanWork& work, std::size_t index) {
  const Column& cells = work.table.columns[index];
  std::size_t lower = 0, upper = 0, both = 0;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (cells.kinds[row] != CellKind::kText) continue;
    bool small = false, large = false;
    for (const char c : work.table.texts[cells.texts[row]]) {
      small |= c >= 'a' && c <= 'z';
      large |= c >= 'A' && c <= 'Z';
    }
    both += small && large;
    lower += small && !large;
    upper += large && !small;
  }
  return both * 20 <= lower + upper && std::min(lower, upper) * 4 <= std::max(lower, upper);
}

}  // namespace

base::Status rule_normalise(CleanWork& work) {
  auto& table = work.table;
  for (std::size_t index = 0; index < table.columns.size(); ++index) {
    const int column = static_cast<int>(index);
    const bool key = column == table.user || column == table.item || column == table.session ||
                     column == table.event_id;
    const bool number_role = column == table.price || column == table.dwell_s;
    const ColumnLooks looks = looks_of(work, index);
    if (!key && column != table.time &&
        (number_role || looks == ColumnLooks::kCodes || looks == ColumnLooks::kEnumeration) &&
        is_number_column(work, index)) {
      texts_to_numbers(work, index);
    } else if (looks == ColumnLooks::kNumbers && !key && column != table.time) {
      normalise_numbers(work, index);
    } else if (looks == ColumnLooks::kEnumeration || key) {
      normalise_texts(work, index, column != table.agent && (!key || case_is_noise(work, index)));
    } else if (looks == ColumnLooks::kCodes) {
      normalise_texts(work, index, false);
    }
  }
  return {};
}

}  // namespace fulcrum::data
