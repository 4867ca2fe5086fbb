#pragma once
// Versions that the ledger refers to: what no garbage collection may remove.
#include <set>
#include <string>

#include "cli/backend.h"
#include "data/versions/repository.h"

namespace fulcrum::cli {

/// Of training runs, registered models, recorded qualities (labels among them), and plan runs.
/// Names that the ledger knows only by their beginning, or not as versions at all, are looked up
/// where that is possible. Fails as the queries do: what is not known is not removed either.
base::Result<std::set<std::string>> version_roots(Backend& backend,
                                                  const data::versions::Repository& repository);

}  // namespace fulcrum::cli
