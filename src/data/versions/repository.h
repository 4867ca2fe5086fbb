#pragma once
// All datasets' versions in one place: chunks in packs, refs, and what garbage collection has
// condemned, over any Blobs.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/versions/chunk_store.h"
#include "data/versions/record.h"
#include "data/versions/refs.h"
#include "data/versions/tree_store.h"

namespace fulcrum::data::versions {

struct RepositoryOptions {
  std::filesystem::path cache =
      {};                // local folder for what is known of unchanged files; empty: none
  unsigned threads = 0;  // 0: one a core
  std::size_t pack_bytes = kPackBytes;
  const base::Clock* clock = nullptr;  // outlives the repository; null: nothing is ever too slow
};

/// A pack that no version needed when it was condemned; it goes once `grace_us` have passed and
/// still none does.
struct Condemned {
  std::string pack;
  std::int64_t time_us = 0, grace_us = 0;
};

struct Version {
  std::string name;
  VersionRecord record;
};

class Repository {
 public:
  static base::Result<std::unique_ptr<Repository>> open(std::unique_ptr<objects::Blobs> blobs,
                                                        RepositoryOptions options = {});

  ChunkStore& chunks() { return *chunks_; }
  const ChunkStore& chunks() const { return *chunks_; }
  Refs& refs() { return refs_; }
  const Refs& refs() const { return refs_; }
  objects::Blobs& blobs() { return *blobs_; }
  const RepositoryOptions& options() const { return options_; }

  /// By its full name. Fails with `version.unknown` and as ChunkStore::get.
  base::Result<VersionRecord> version(const std::string& name) const;
  /// `what` is a branch, a tag, a version or an unambiguous beginning (4 digits or more) of one
  /// that a ref of the dataset leads to, each with "~N" for the Nth first parent; empty: the branch
  /// main. Fails with `version.unknown`, `version.ambiguous`.
  base::Result<Version> resolve(const std::string& dataset, const std::string& what) const;
  /// The version and its ancestors, each once, newest first where time tells; 0: all. Ancestors
  /// whose dataset is another's (a branch taken over) are among them.
  base::Result<std::vector<Version>> history(const std::string& name, std::size_t limit = 0) const;
  base::Result<std::vector<Entry>> entries(const Version& version) const {
    return read_tree(*chunks_, version.record.tree, options_.threads);
  }

  /// Makes all that was put durable, then moves the ref. Fails with `version.moved`, and with
  /// `version.too_slow` when a pack this session counts on was condemned meanwhile and may be gone.
  base::Status publish(const RefState& before, const std::string& version, std::int64_t time_us,
                       const std::string& author);

  base::Result<std::vector<Condemned>> condemned() const;

 private:
  Repository(std::unique_ptr<objects::Blobs> blobs, RepositoryOptions options)
      : blobs_(std::move(blobs)), options_(std::move(options)), refs_(*blobs_) {}
  base::Result<std::string> find(const std::string& dataset, const std::string& what) const;
  std::unique_ptr<objects::Blobs> blobs_;
  RepositoryOptions options_;
  Refs refs_;
  std::unique_ptr<ChunkStore> chunks_;
};

}  // namespace fulcrum::data::versions
