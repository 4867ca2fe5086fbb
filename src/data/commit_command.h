#pragma once
// What the ledger is told of a version.
#include "base/json.h"
#include "data/versions/commit.h"

namespace fulcrum::data {

/// The body of `dataset.commit`, without quality.
base::json::object commit_command(const std::string& branch, const std::string& version,
                                  const versions::VersionRecord& record,
                                  const std::vector<versions::Entry>& entries);
base::json::object commit_command(const std::string& branch, const versions::CommitResult& done);

}  // namespace fulcrum::data
