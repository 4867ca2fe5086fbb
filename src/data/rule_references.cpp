// Users and items must be known, where there is data that knows them. A reference that lacks much
// is a poor witness: then nothing is dropped, and the report says so.
#include <fmt/format.h>

#include "data/clean_rules.h"

namespace fulcrum::data {

namespace {
constexpr double kPoorWitness = 0.20;
}

base::Status rule_references(CleanWork& work) {
  for (const auto& [name, reference] : work.references) {
    const int column = work.table.column(name);
    if (column < 0) continue;
    const Column& cells = work.table.columns[static_cast<std::size_t>(column)];
    std::vector<std::size_t> unknown;
    std::size_t values = 0;
    for (std::size_t row = 0; row < work.table.rows(); ++row) {
      if (work.judgement.dropped(row) || cells.is_missing(row)) continue;
      ++values;
      if (!reference.ids.contains(std::string(work.table.text(column, row))))
        unknown.push_back(row);
    }
    if (static_cast<double>(unknown.size()) > kPoorWitness * static_cast<double>(values)) {
      work.judgement.note(
          fmt::format("{} of {} rows have a {} that input \"{}\" does not know: it "
                      "looks incomplete, and was not used",
                      unknown.size(), values, name, reference.input));
      continue;
    }
    for (const std::size_t row : unknown)
      work.judgement.drop(row, fmt::format("{} {} is not in {}", name, work.table.text(column, row),
                                           reference.input));
  }
  return {};
}

}  // namespace fulcrum::data
