// The in-memory twin of named blobs: a map behind a mutex.
#include <fmt/format.h>

#include <map>
#include <mutex>

#include "objects/blob_errors.h"
#include "objects/blobs.h"

namespace fulcrum::objects {

namespace {

class MemoryBlobs final : public Blobs {
 public:
  base::Status create(const std::string& name, std::string_view content) override {
    if (!is_blob_name(name)) return bad_blob_name(name);
    const std::lock_guard lock(mutex_);
    if (!blobs_.try_emplace(name, content).second) return blob_exists(name);
    return {};
  }
  base::Result<std::string> get(const std::string& name) const override {
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(name);
    if (found == blobs_.end()) return blob_missing(name);
    return found->second;
  }
  base::Result<std::string> get_range(const std::string& name, std::uint64_t offset,
                                      std::uint64_t bytes) const override {
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(name);
    if (found == blobs_.end()) return blob_missing(name);
    if (offset > found->second.size() || bytes > found->second.size() - offset)
      return blob_range(name);
    return found->second.substr(offset, bytes);
  }
  base::Result<std::vector<BlobInfo>> list(const std::string& prefix) const override {
    const std::lock_guard lock(mutex_);
    std::vector<BlobInfo> all;
    for (auto at = blobs_.lower_bound(prefix); at != blobs_.end() && at->first.starts_with(prefix);
         ++at)
      all.push_back({at->first, at->second.size()});
    return all;
  }
  base::Status remove(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    blobs_.erase(name);
    return {};
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> blobs_;
};

}  // namespace

std::unique_ptr<Blobs> open_memory_blobs() {
  return std::make_unique<MemoryBlobs>();
}

}  // namespace fulcrum::objects
