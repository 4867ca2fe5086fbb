#pragma once
// The home's versions, and what all verbs about them say alike.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/backend.h"
#include "cli/session.h"
#include "data/versions/merge.h"

namespace fulcrum::cli {

/// HOME/versions, made when it is missing. Fails as Repository::open does.
base::Result<std::unique_ptr<data::versions::Repository>> open_versions(const Session& session);

/// "clicks@main~1": a dataset and what names a version of it (empty: its branch main).
struct DatasetAt {
  std::string dataset, what;
};
DatasetAt parse_dataset_at(const std::string& text);
base::Result<data::versions::Version> resolve(const data::versions::Repository& repository,
                                              const std::string& text);

/// Tells the ledger of a version on a branch, and of ancestors that it does not know yet (a commit
/// that was killed between the two).
base::Status tell_ledger(const Session& session, const data::versions::Repository& repository,
                         const std::string& branch, const data::versions::Version& version);
/// That somebody looked into a dataset; leaves `access.recorded`.
base::Status record_read(const Session& session, const std::string& what,
                         const std::string& dataset);
/// Who commits from this terminal.
std::string default_author();

base::json::object version_json(const data::versions::Version& version);
/// {"column": value, …} of a row's key; {"row": text} for a row that is named by all of itself.
base::json::object key_json(const std::vector<std::string>& columns, const std::string& key);
base::json::value cell_json(const std::optional<std::string>& cell);
/// A path as UTF-8, what is none replaced.
std::string shown_path(const std::string& path);

/// A line on standard error that is written over while it is a terminal, at most five times a
/// second; quiet otherwise, and for work under a second.
class VersionProgress {
 public:
  explicit VersionProgress(const Session& session);
  ~VersionProgress();
  void at(std::uint64_t files, std::uint64_t all_files, std::uint64_t bytes,
          std::uint64_t all_bytes);

 private:
  bool is_shown_;
  std::int64_t began_us_, last_us_ = 0;
  bool has_line_ = false;
};

}  // namespace fulcrum::cli
