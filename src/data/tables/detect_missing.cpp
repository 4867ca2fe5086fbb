#include "data/column_profile.h"
#include "data/tables/detector.h"

namespace fulcrum::data::tables {

void detect_missing(const DetectorInput& input, Evidence& evidence) {
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const Column& column = input.table.columns[i];
    const double share = static_cast<double>(input.types[i].empty) /
                         std::max<double>(1, static_cast<double>(column.rows()));
    if (share == 0) continue;
    // A hole in a full column is a mistake; a column that is often empty may be so.
    const double confidence = share <= 0.1 ? 0.6 : share <= 0.2 ? 0.4 : 0.1;
    for (Code code = 0; code < column.distinct(); ++code)
      if (column.count(code) > 0 && trim_unicode(column.value(code)).empty())
        evidence.values[i].push_back({code, evidence_for(confidence), kNoText, 0, kNoText});
  }
}

}  // namespace fulcrum::data::tables
