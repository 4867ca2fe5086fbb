#pragma once
// A version's files into a folder.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "data/versions/repository.h"

namespace fulcrum::data::versions {

struct CheckoutRequest {
  std::filesystem::path folder = {};
  std::string below = {};  // only what this path names or holds; empty: all
  bool overwrite = false;  // else the folder must be empty or absent
  std::function<void(std::uint64_t files, std::uint64_t all)> on_progress = {};
};
struct CheckoutResult {
  std::uint64_t files = 0, bytes = 0;
};

/// Every byte is verified. Each file is written under another name and renamed, so a kill leaves
/// whole files of either state; links come last, and nothing is written through one. Fails with
/// `version.folder` (conflict), `version.nothing`, `file.write`, `version.damaged`.
base::Result<CheckoutResult> checkout(const Repository& repository, const Version& version,
                                      const CheckoutRequest& request);

/// One file's bytes to a callback, verified.
base::Status cat(const Repository& repository, const Version& version, const std::string& path,
                 const std::function<base::Status(std::string_view)>& visit);

}  // namespace fulcrum::data::versions
