#pragma once
// Sources: where rows come from. A source is one function in one file and one line in sources.def;
// every source passes tests/contract/source.
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "data/fetcher.h"
#include "exec/step.h"

namespace fulcrum::data {

struct SourceContext {
  const base::json::value& settings;  // the plan's `source` object
  std::filesystem::path work;         // private folder; survives kills
  std::filesystem::path raw;          // work/raw: what was collected
  Fetcher& fetcher;
  Waiter& waiter;
  exec::StepProgress& progress;
  std::uint64_t seed = 0;
};

struct Collected {
  std::int64_t records = 0;
  std::string cursor;           // where to go on next time; a source's own format
  base::json::object counters;  // for the report: bytes, requests, retries, skipped_by_robots, …
};

/// Fills `raw`. Called again after a kill at any moment, it goes on where it was and ends with the
/// same files. Bounded memory, however large the source.
using CollectFunction = base::Result<Collected> (*)(SourceContext& context);

struct SourceKind {
  std::string_view kind;
  std::string_view summary;
  CollectFunction collect;
};

/// All of sources.def.
const std::vector<SourceKind>& source_kinds();

#define SOURCE(function, kind, summary) base::Result<Collected> function(SourceContext& context);
#include "data/sources.def"
#undef SOURCE

}  // namespace fulcrum::data
