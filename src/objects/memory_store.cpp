// The in-memory twin: a map behind a mutex.
#include <map>
#include <mutex>

#include "base/files.h"
#include "base/hash.h"
#include "objects/store.h"

namespace fulcrum::objects {

namespace {

class MemoryStore final : public Store {
 public:
  base::Result<ObjectId> put(std::string_view content) override {
    ObjectId id = base::sha256_hex(content);
    const std::lock_guard lock(mutex_);
    objects_.try_emplace(id, content);
    return id;
  }
  base::Result<ObjectId> put_file(const std::filesystem::path& path) override {
    TRY(const std::string content, base::read_file(path));
    return put(content);
  }
  base::Result<std::string> get(const ObjectId& id) const override {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(id);
    if (found == objects_.end()) return base::not_found("object.missing", "no object " + id);
    return found->second;
  }
  base::Status get_file(const ObjectId& id, const std::filesystem::path& path) const override {
    TRY(const std::string content, get(id));
    return base::write_file(path, content);
  }
  bool contains(const ObjectId& id) const override {
    const std::lock_guard lock(mutex_);
    return objects_.contains(id);
  }
  base::Result<std::vector<ObjectId>> list() const override {
    const std::lock_guard lock(mutex_);
    std::vector<ObjectId> ids;
    ids.reserve(objects_.size());
    for (const auto& entry : objects_) ids.push_back(entry.first);
    return ids;
  }

 private:
  mutable std::mutex mutex_;
  std::map<ObjectId, std::string> objects_;
};

}  // namespace

std::unique_ptr<Store> open_memory_store() {
  return std::make_unique<MemoryStore>();
}

}  // namespace fulcrum::objects
