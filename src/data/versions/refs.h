#pragma once
// Branches and tags: names that point to versions. A ref is a log of immutable blobs
// ("refs/DATASET/b/NAME/00000007"); the highest number counts. Moving a ref creates the next
// number, which exactly one writer can; so refs work wherever Blobs do.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "objects/blobs.h"

namespace fulcrum::data::versions {

enum class RefKind { kBranch, kTag };

struct RefState {
  std::string dataset;
  RefKind kind = RefKind::kBranch;
  std::string name;
  std::string version;  // empty: deleted
  std::int64_t time_us = 0;
  std::string author;
  std::uint32_t number = 0;  // of the log; 0: it never was
};

/// 1 to 200 bytes of UTF-8 without '@', control characters, space at an end, or "..". Fails with
/// `version.name`, field `what`.
base::Status check_name(const std::string& name, const std::string& what);

/// Thread-safe as the blobs are.
class Refs {
 public:
  explicit Refs(objects::Blobs& blobs) : blobs_(blobs) {}
  /// Those that are not deleted; dataset empty: of all datasets.
  base::Result<std::vector<RefState>> list(const std::string& dataset = {}) const;
  /// number 0 when it never was. Fails as Blobs does and with `version.ref` for a broken blob.
  base::Result<RefState> get(const std::string& dataset, RefKind kind,
                             const std::string& name) const;
  /// From what `before` says to `version` (empty: deletes it). Fails with `version.moved`
  /// (conflict) when somebody moved it since.
  base::Status move(const RefState& before, const std::string& version, std::int64_t time_us,
                    const std::string& author);
  /// Forgets all but the last few steps of each log; deleted refs keep their last.
  base::Status trim();

 private:
  base::Result<RefState> read(const std::string& blob) const;
  base::Result<std::map<std::string, std::vector<std::string>>> logs(
      const std::string& prefix) const;
  objects::Blobs& blobs_;
};

}  // namespace fulcrum::data::versions
