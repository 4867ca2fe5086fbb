#pragma once
// Content-addressed bytes. Backends: memory (twin), local folder; S3 and WebHDFS later; each passes
// tests/contract/objects.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fulcrum::objects {

/// Lower-case hexadecimal SHA-256 of the content.
using ObjectId = std::string;

/// Thread-safe. Contents are immutable; putting the same bytes twice is one object.
class Store {
 public:
  virtual ~Store() = default;
  /// Durable when it returns. Fails with `object.write`.
  virtual base::Result<ObjectId> put(std::string_view content) = 0;
  /// Takes a whole file in without holding it in memory. Fails with `object.write`, `file.read`.
  virtual base::Result<ObjectId> put_file(const std::filesystem::path& path) = 0;
  /// Verified against its id on every read. Fails with `object.missing`, `object.damaged`.
  virtual base::Result<std::string> get(const ObjectId& id) const = 0;
  /// Writes the content to a file (atomically). Fails as get() and with `file.write`.
  virtual base::Status get_file(const ObjectId& id, const std::filesystem::path& path) const = 0;
  virtual bool contains(const ObjectId& id) const = 0;
  /// All ids in ascending order.
  virtual base::Result<std::vector<ObjectId>> list() const = 0;
};

std::unique_ptr<Store> open_memory_store();
/// root/ab/cdef…; files are written under a temporary name, synced and renamed.
base::Result<std::unique_ptr<Store>> open_local_store(const std::filesystem::path& root);

}  // namespace fulcrum::objects
