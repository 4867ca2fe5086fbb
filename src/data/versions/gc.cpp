#include "data/versions/gc.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/json.h"

namespace fulcrum::data::versions {

namespace json = base::json;

namespace {

using DigestSet = std::unordered_set<Digest, DigestHash>;

Digest digest_of(const std::string& version) {
  Digest digest{};
  const auto bytes = base::from_hex(version);
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

class Collection {
 public:
  Collection(Repository& repository, const GcRequest& request)
      : repository_(repository), request_(request) {}

  base::Result<GcResult> run() {
    TRY(const auto condemned, repository_.condemned());
    for (const auto& one : condemned) condemned_.emplace(one.pack, one);
    CHECK_OK(mark());
    count_packs();
    CHECK_OK(save_live_chunks());
    CHECK_OK(remove_or_condemn());
    if (!request_.dry_run) CHECK_OK(repository_.refs().trim());
    return std::move(result_);
  }

 private:
  /// Everything that refs and roots lead to.
  base::Status mark() {
    std::vector<std::string> waiting;
    TRY(const auto refs, repository_.refs().list());
    for (const auto& ref : refs) waiting.push_back(ref.version);
    for (const auto& root : request_.roots) {
      if (is_version_name(root) && repository_.chunks().contains(digest_of(root)))
        waiting.push_back(root);
      else
        result_.missing_roots.push_back(root);
    }
    while (!waiting.empty()) {
      const std::string name = std::move(waiting.back());
      waiting.pop_back();
      if (!live_.insert(digest_of(name)).second) continue;
      TRY(const VersionRecord record, repository_.version(name));
      ++result_.versions;
      CHECK_OK(visit_tree_chunks(repository_.chunks(), record.tree,
                                 [&](const Digest& id) { return live_.insert(id).second; }));
      waiting.insert(waiting.end(), record.parents.begin(), record.parents.end());
    }
    result_.chunks = live_.size();
    return {};
  }

  /// Where each live chunk stays: in the first pack that is not condemned. What else a pack holds
  /// is dead weight.
  void count_packs() {
    const auto& packs = repository_.chunks().packs();
    homes_.resize(packs.size());
    DigestSet housed;
    for (const bool is_condemned : {false, true})
      for (std::size_t i = 0; i < packs.size(); ++i) {
        if (packs[i].is_condemned != is_condemned) continue;
        ++result_.packs;
        small_packs_ += is_small(packs[i].bytes) && !is_condemned;
        result_.pack_bytes += packs[i].bytes;
        for (const auto& id : packs[i].chunks)
          if (live_.contains(id) && housed.insert(id).second) {
            const auto chunk = repository_.chunks().find(id);
            homes_[i].chunks.push_back(id);
            homes_[i].bytes += chunk->stored_bytes;
            result_.live_bytes += chunk->stored_bytes;
          }
      }
  }

  bool goes(std::size_t pack) const {
    const auto& packs = repository_.chunks().packs();
    return homes_[pack].bytes * 2 < packs[pack].bytes ||
           (small_packs_ > kManyPacks && is_small(packs[pack].bytes));
  }
  /// Each commit leaves a pack; many small ones become a large one.
  bool is_small(std::uint64_t bytes) const { return bytes < repository_.options().pack_bytes / 8; }

  /// Out of the packs that go, also the condemned ones that a writer came to need after all.
  base::Status save_live_chunks() {
    const std::size_t packs = homes_.size();  // flush() adds some
    for (std::size_t i = 0; i < packs; ++i) {
      if (!goes(i)) continue;
      for (const auto& id : homes_[i].chunks) {
        ++result_.copied_chunks;
        if (request_.dry_run) continue;
        TRY(const std::string raw, repository_.chunks().get(id));
        result_.copied_bytes += raw.size();
        CHECK_OK(repository_.chunks().put_again(raw));
      }
    }
    return request_.dry_run ? base::Status() : repository_.chunks().flush();
  }

  base::Status remove_or_condemn() {
    json::array waiting;  // condemned before and not due yet, or due and needed: judged again
    std::map<std::pair<std::int64_t, std::int64_t>, json::array> lists;
    std::vector<std::string> leaving;
    for (std::size_t i = 0; i < homes_.size(); ++i) {
      if (!goes(i)) continue;
      const auto& pack = repository_.chunks().packs()[i];
      const auto before = condemned_.find(pack.name);
      Condemned sentence{pack.name, request_.now_us, request_.grace_us};
      if (before != condemned_.end()) sentence.time_us = before->second.time_us;
      // Chunks that were only just copied may be counted on by readers of this moment: wait again.
      const bool was_needed = !homes_[i].chunks.empty() && before != condemned_.end();
      if (was_needed && request_.grace_us > 0) sentence.time_us = request_.now_us;
      if (request_.now_us - sentence.time_us >= request_.grace_us) {
        ++result_.removed_packs;
        result_.removed_bytes += pack.bytes;
        leaving.push_back(pack.name);
      } else {
        ++result_.condemned_packs;
        result_.condemned_bytes += pack.bytes;
        lists[{sentence.time_us, request_.grace_us}].push_back(json::string(pack.name));
      }
    }
    if (request_.dry_run) return {};
    CHECK_OK(write_sentences(lists));
    for (const auto& name : leaving) CHECK_OK(repository_.blobs().remove(name));
    return {};
  }

  /// New lists first, then the old ones go: in between a pack is condemned twice, never less.
  base::Status write_sentences(
      const std::map<std::pair<std::int64_t, std::int64_t>, json::array>& lists) {
    auto& blobs = repository_.blobs();
    TRY(const auto old, blobs.list("gc/condemned/"));
    std::set<std::string> kept;
    for (const auto& [when, packs] : lists) {
      const std::string text = base::to_text(
          json::object{{"time_us", when.first}, {"grace_us", when.second}, {"packs", packs}});
      const std::string name = "gc/condemned/" + base::sha256_hex(text);
      const auto created = blobs.create(name, text);
      if (!created && created.error().code != "blob.exists") return created;
      kept.insert(name);
    }
    for (const auto& list : old)
      if (!kept.contains(list.name)) CHECK_OK(blobs.remove(list.name));
    return {};
  }

  static constexpr std::size_t kManyPacks = 16;
  struct Home {
    std::vector<Digest> chunks;
    std::uint64_t bytes = 0;
  };
  Repository& repository_;
  const GcRequest& request_;
  GcResult result_;
  std::map<std::string, Condemned> condemned_;
  DigestSet live_;
  std::vector<Home> homes_;  // per pack
  std::size_t small_packs_ = 0;
};

}  // namespace

base::Result<GcResult> collect_garbage(Repository& repository, const GcRequest& request) {
  return Collection(repository, request).run();
}

}  // namespace fulcrum::data::versions
