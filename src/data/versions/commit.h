#pragma once
// A new version on a branch.
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "data/versions/ingest.h"
#include "data/versions/repository.h"

namespace fulcrum::data::versions {

/// The version's records from its entries, where they are not just a sum.
using RecordCounter = std::function<std::int64_t(const std::vector<Entry>&)>;

struct CommitRequest {
  std::string dataset = {}, branch = "main", author = {}, message = {};
  std::int64_t time_us = 0;
  std::vector<InputFile> files = {};  // the whole content of the version
  std::filesystem::path source = {};  // where they are from: names what is remembered of them
  std::vector<std::string> key = {};  // of the tables; empty: as in the parent
  std::string made_by = {};           // VersionRecord::made_by
  RecordCounter count_records = {};   // null: the sum over the files
  OnIngest on_progress = {};
};

struct CommitResult {
  std::string version;
  VersionRecord record;
  std::vector<Entry> entries;
  bool is_new = false;  // false: the branch held just this
  std::uint64_t files_read = 0, bytes_read = 0;
  ChunkStoreFigures figures;
};

/// Fails with `version.name`, `version.empty`, `version.moved`, and as scan(), ingest() and
/// Repository::publish do. A failed commit leaves at most packs that nothing refers to.
base::Result<CommitResult> commit(Repository& repository, const CommitRequest& request);

struct Signature {
  std::string author, message;
  std::int64_t time_us = 0;
  std::string made_by = {};  // VersionRecord::made_by
};
/// Entries that are in the store as a version that `before` then points to. An unchanged tree with
/// no parent but the ref's own version is that version.
base::Result<CommitResult> commit_entries(Repository& repository, const RefState& before,
                                          std::vector<std::string> parents,
                                          std::vector<Entry> entries, const Signature& signature,
                                          const RecordCounter& count_records = {});

}  // namespace fulcrum::data::versions
