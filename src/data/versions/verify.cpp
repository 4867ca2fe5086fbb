#include <algorithm>
#include <set>
#include <unordered_set>

#include "data/versions/gc.h"

namespace fulcrum::data::versions {

namespace {

class Verification {
 public:
  Verification(const Repository& repository,
               const std::function<void(std::uint64_t bytes)>& on_progress)
      : repository_(repository), on_progress_(on_progress) {}

  void add(const std::string& name, bool with_history) {
    std::vector<std::string> waiting{name};
    while (!waiting.empty()) {
      const std::string next = std::move(waiting.back());
      waiting.pop_back();
      if (!versions_.insert(next).second) continue;
      ++result_.versions;
      const auto record = repository_.version(next);
      if (!record) {
        note(next, record.error());
        continue;
      }
      check_tree(next, record->tree);
      if (with_history)
        waiting.insert(waiting.end(), record->parents.begin(), record->parents.end());
    }
  }
  VerifyResult take() { return std::move(result_); }

 private:
  void note(std::string where, const base::Error& error) {
    result_.problems.push_back({std::move(where), error.code, error.message});
  }

  void check_tree(const std::string& version, const Root& tree) {
    const auto leaves = leaf_pages(repository_.chunks(), tree);
    if (!leaves) return note(version, leaves.error());
    for (const auto& leaf : *leaves) {
      if (!pages_.insert(leaf.page).second) continue;
      const auto entries = read_page(repository_.chunks(), leaf.page);
      if (!entries) {
        note(version, entries.error());
        continue;
      }
      for (const auto& entry : *entries) check_entry(version, entry);
    }
  }

  void check_entry(const std::string& version, const Entry& entry) {
    if (entry.kind != EntryKind::kFile) return;
    ++result_.files;
    base::Sha256 hash;
    const auto read =
        read_content(repository_.chunks(), entry, [&](std::string_view part) -> base::Status {
          hash.update(part);
          ++result_.chunks;
          result_.bytes += part.size();
          return {};
        });
    if (!read)
      note(version + " " + entry.path, read.error());
    else if (hash.finish() != entry.hash)
      result_.problems.push_back({version + " " + entry.path, "version.damaged",
                                  entry.path + " does not hold the bytes of its name"});
    if (on_progress_) on_progress_(result_.bytes);
  }

  const Repository& repository_;
  const std::function<void(std::uint64_t bytes)>& on_progress_;
  VerifyResult result_;
  std::set<std::string> versions_;
  std::unordered_set<Digest, DigestHash> pages_;
};

}  // namespace

base::Result<VerifyResult> verify(const Repository& repository,
                                  const std::vector<std::string>& versions, bool with_history,
                                  const std::function<void(std::uint64_t bytes)>& on_progress) {
  Verification verification(repository, on_progress);
  for (const auto& version : versions) verification.add(version, with_history);
  return verification.take();
}

}  // namespace fulcrum::data::versions
