// Rows written in the plan: the in-memory twin of every other source.
#include "data/row_file.h"
#include "data/settings.h"
#include "data/source.h"

namespace fulcrum::data {

base::Result<Collected> collect_inline(SourceContext& context) {
  TRY(const auto settings, read_settings<InlineSettings>(context.settings));
  TRY(RowFile rows, RowFile::open(context.raw, context.work));
  while (static_cast<std::size_t>(rows.records()) < settings.rows.size())
    CHECK_OK(rows.append(settings.rows[static_cast<std::size_t>(rows.records())]));
  CHECK_OK(rows.checkpoint({}));
  return Collected{rows.records(), std::to_string(rows.records()), {}};
}

}  // namespace fulcrum::data
