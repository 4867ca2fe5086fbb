#pragma once
// How far a run has come, so that a killed one goes on: a small file beside the output, replaced
// atomically after the outputs' bytes are on disk.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/pipeline/accounting.h"
#include "data/records/piece_reader.h"

namespace fulcrum::data {

struct Progress {
  std::string identity;  // of the pipeline, the inputs and where results go
  PiecePosition next;    // the first piece that is not in the output
  std::uint64_t output_bytes = 0, decision_bytes = 0;
  std::vector<std::string> order;  // of the steps, by name
  Accounting account;
};

/// Nothing where there is no journal, or one of another identity. Fails with `file.read` and
/// `journal.damaged`.
base::Result<std::optional<Progress>> read_journal(const std::filesystem::path& path,
                                                   const std::string& identity);
/// Fails with `file.write`.
base::Status write_journal(const std::filesystem::path& path, const Progress& progress);

}  // namespace fulcrum::data
