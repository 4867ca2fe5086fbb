#include "data/clean_rules.h"

namespace fulcrum::data {

base::Status rule_parse(CleanWork& work) {
  for (const auto& line : work.table.bad_lines) work.judgement.drop_line(line);
  return {};
}

}  // namespace fulcrum::data
