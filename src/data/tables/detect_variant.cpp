#include <algorithm>
#include <map>

#include "data/tables/detector.h"
#include "data/tables/similarity.h"

namespace fulcrum::data::tables {

namespace {

/// Of values that are one thing under a key, the rarer are other ways of writing the commonest.
void mark(const DetectorInput& input, const Column& column, const Cluster& cluster,
          std::map<Code, Mark>& marks) {
  const Code best = cluster.codes[0];
  for (std::size_t i = 1; i < cluster.codes.size(); ++i) {
    const Code code = cluster.codes[i];
    const double ratio = static_cast<double>(column.count(best)) / column.count(code);
    if (ratio < 1.5 || column.count(best) < 3) continue;
    const double confidence = ratio >= 20 ? 0.85 : ratio >= 4 ? 0.65 : 0.3;
    marks.try_emplace(code, Mark{code, evidence_for(confidence),
                                 input.texts.add(column.value(best)), 0.8F, kNoText});
  }
}

}  // namespace

void detect_variant(const DetectorInput& input, Evidence& evidence) {
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const Column& column = input.table.columns[i];
    const ColumnType& type = input.types[i];
    if ((type.is_number() && type.units.size() < 2) || type.is_moment()) continue;
    if (type.distinct * 10 > column.rows() * 9) continue;
    std::map<Code, Mark> marks;
    for (const KeyMethod method : {KeyMethod::kFingerprint, KeyMethod::kNgram})
      for (const Cluster& cluster : cluster_values(column, method))
        if (!input.missing[i][cluster.codes[0]]) mark(input, column, cluster, marks);
    for (const auto& [code, one] : marks) evidence.values[i].push_back(one);
  }
}

}  // namespace fulcrum::data::tables
