#pragma once
// Cleaning as one function from files to decisions; step_clean.cpp writes them down.
#include <memory>

#include "data/clean_rules.h"
#include "data/quality.h"

namespace fulcrum::data {

struct Cleaned {
  EventTable table;  // as the rules left it
  Judgement judgement;
  std::vector<SessionScore> sessions;
  std::map<std::string, Reference> references;

  Cleaned(EventTable read, std::size_t samples)
      : table(std::move(read)), judgement(table, samples) {}
  Cleaned(const Cleaned&) = delete;  // the judgement looks at the table
  Cleaned& operator=(const Cleaned&) = delete;
};

/// `inputs` by name: "events" and any references (files or folders). The result depends on the
/// files' content and the settings alone. Fails with `clean.role`, `clean.rule`, `clean.input`.
base::Result<std::unique_ptr<Cleaned>> clean(const CleanSettings& settings,
                                             const std::map<std::string, std::string>& inputs);

/// Quality of the rows that were kept, or (`kept` false) of all rows that could be read.
QualityVector quality_of(const Cleaned& cleaned, const CleanSettings& settings, bool kept);

}  // namespace fulcrum::data
