#pragma once
// The methods behind dedup(): each compares in a first pass and says for the second what goes.
#include <vector>

#include "data/dedup/dedup.h"
#include "data/dedup/rewrite.h"
#include "data/dedup/scan.h"
#include "data/dedup/spill.h"

namespace fulcrum::data::dedup {

struct Job {
  const Options& options;
  ScanSettings scan;
  std::size_t memory_bytes = 0;  // for sorters and the like
  std::filesystem::path spill;
};

/// Counts of the first pass, the same for every method.
struct FirstPass {
  std::vector<std::uint32_t> documents_of_piece;
  std::uint64_t documents = 0;

  /// Adds a piece. Fails with `dedup.memory` beyond 2^32 documents.
  base::Status add(const ScanCounts& counts, const Options& options, Report& report);
};

base::Result<Report> dedup_documents(const Job& job);   // kMinhash, kExact
base::Result<Report> dedup_lines(const Job& job);       // kLines
base::Result<Report> dedup_substrings(const Job& job);  // kSubstring

/// Takes the second pass's totals over.
void add_totals(RewriteTotals totals, Report& report);

}  // namespace fulcrum::data::dedup
