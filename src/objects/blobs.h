#pragma once
// Named immutable bytes: packs, manifests' homes and the log of refs live in them. Backends: memory
// (twin), local folder; S3 (If-None-Match) and WebHDFS (overwrite=false) offer the same; each
// passes tests/contract/objects.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fulcrum::objects {

struct BlobInfo {
  std::string name;
  std::uint64_t bytes = 0;
  bool operator==(const BlobInfo&) const = default;
};

/// Thread-safe, and safe between processes. A name is one or more parts of [A-Za-z0-9._=-]+ joined
/// by '/', no part beginning with '.'; anything else fails with `blob.name` (usage).
class Blobs {
 public:
  virtual ~Blobs() = default;
  /// Whole and durable when it returns, or not there at all. Of several creators of one name
  /// exactly one succeeds; the others fail with `blob.exists` (conflict) and change nothing. Fails
  /// with `object.write`.
  virtual base::Status create(const std::string& name, std::string_view content) = 0;
  /// Fails with `blob.missing` (not found), `object.read`.
  virtual base::Result<std::string> get(const std::string& name) const = 0;
  /// Exactly `bytes` bytes from `offset`. Fails as get() and with `blob.range` when it ends
  /// earlier.
  virtual base::Result<std::string> get_range(const std::string& name, std::uint64_t offset,
                                              std::uint64_t bytes) const = 0;
  /// Those whose name begins with `prefix`, in ascending order of names; whatever a create() that
  /// returned has made is in it. Fails with `object.list`.
  virtual base::Result<std::vector<BlobInfo>> list(const std::string& prefix) const = 0;
  /// No failure when there is none. Fails with `object.write`.
  virtual base::Status remove(const std::string& name) = 0;
};

bool is_blob_name(std::string_view name);
/// Any bytes as one part of a name: letters, digits, '-' and '_' stay, others become =XX.
std::string blob_part(std::string_view text);
/// What blob_part() was given. Fails with `blob.name`.
base::Result<std::string> text_of_blob_part(std::string_view part);

std::unique_ptr<Blobs> open_memory_blobs();
/// root/name; written under root/.drafts, synced, and linked into place. Drafts of processes that
/// are gone are removed on opening.
base::Result<std::unique_ptr<Blobs>> open_local_blobs(const std::filesystem::path& root);

}  // namespace fulcrum::objects
