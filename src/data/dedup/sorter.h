#pragma once
// Entries in order, however many: sorted runs on disk, merged. At most `memory_bytes` are in
// memory.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <type_traits>
#include <vector>

#include "data/dedup/spill.h"

namespace fulcrum::data::dedup {

/// Reads the entries of a file one after another. The file must outlive it.
template <class T>
class EntryReader {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  EntryReader(const SpillFile& file, std::size_t buffer_bytes)
      : file_(&file), left_(file.bytes() / sizeof(T)) {
    buffer_.resize(std::max<std::size_t>(buffer_bytes / sizeof(T), 16));
    at_ = filled_ = 0;
  }
  /// False at the end, and behind a failure (status()).
  bool next(T& entry) {
    if (at_ == filled_ && !fill()) return false;
    entry = buffer_[at_++];
    return true;
  }
  const base::Status& status() const { return status_; }

 private:
  bool fill() {
    filled_ = static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer_.size()));
    at_ = 0;
    if (filled_ == 0) return false;
    status_ = file_->read_at(offset_, buffer_.data(), filled_ * sizeof(T));
    if (!status_) return filled_ = 0, left_ = 0, false;
    offset_ += filled_ * sizeof(T);
    left_ -= filled_;
    return true;
  }

  const SpillFile* file_;
  std::uint64_t left_, offset_ = 0;
  std::vector<T> buffer_;
  std::size_t at_, filled_;
  base::Status status_;
};

/// Several sorted files as one.
template <class T>
class Merge {
 public:
  Merge(const std::vector<const SpillFile*>& files, std::size_t memory_bytes) {
    const std::size_t each =
        std::min<std::size_t>(memory_bytes / std::max<std::size_t>(files.size(), 1), 1U << 20);
    for (const SpillFile* file : files) {
      readers_.push_back(std::make_unique<EntryReader<T>>(*file, each));
      push(readers_.size() - 1);
    }
  }
  bool next(T& entry) {
    if (heap_.empty()) return false;
    std::pop_heap(heap_.begin(), heap_.end(), Later());
    const Head head = heap_.back();
    heap_.pop_back();
    entry = head.entry;
    push(head.reader);
    return true;
  }
  base::Status status() const {
    for (const auto& reader : readers_) CHECK_OK(reader->status());
    return {};
  }

 private:
  struct Head {
    T entry;
    std::size_t reader;
  };
  struct Later {
    bool operator()(const Head& a, const Head& b) const { return b.entry < a.entry; }
  };
  void push(std::size_t reader) {
    Head head{{}, reader};
    if (!readers_[reader]->next(head.entry)) return;
    heap_.push_back(head);
    std::push_heap(heap_.begin(), heap_.end(), Later());
  }

  std::vector<std::unique_ptr<EntryReader<T>>> readers_;
  std::vector<Head> heap_;
};

/// add()… finish() next()… Not thread-safe. Entries that compare equal must be equal.
template <class T>
class Sorter {
 public:
  /// The folder must outlive the sorter.
  Sorter(SpillFolder& folder, std::size_t memory_bytes)
      : folder_(folder),
        memory_bytes_(memory_bytes),
        // A vector that grows holds its old and its new content for a moment.
        capacity_(std::max<std::size_t>(memory_bytes / sizeof(T) / 3 * 2, 64)) {}

  /// Fails with `file.write`.
  base::Status add(const T& entry) {
    if (entries_.size() == capacity_) CHECK_OK(spill());
    entries_.push_back(entry);
    return {};
  }

  base::Status finish() {
    if (levels_.empty()) {
      std::sort(entries_.begin(), entries_.end());
      return {};
    }
    CHECK_OK(spill());
    entries_ = {};
    std::vector<const SpillFile*> files;
    for (const auto& level : levels_)
      for (const SpillFile& run : level) files.push_back(&run);
    merge_ = std::make_unique<Merge<T>>(files, memory_bytes_);
    return {};
  }

  /// False at the end, and behind a failure (status()).
  bool next(T& entry) {
    if (merge_) return merge_->next(entry);
    if (at_ == entries_.size()) return false;
    entry = entries_[at_++];
    return true;
  }
  base::Status status() const { return merge_ ? merge_->status() : base::Status(); }

 private:
  static constexpr std::size_t kFanIn = 16;

  base::Status spill() {
    if (entries_.empty()) return {};
    std::sort(entries_.begin(), entries_.end());
    TRY(auto run, folder_.new_file());
    CHECK_OK(run.append(entries_.data(), entries_.size() * sizeof(T)));
    CHECK_OK(run.flush());
    folder_.spilled_bytes += run.bytes();
    entries_.clear();
    return keep_run(std::move(run), 0);
  }

  /// Sixteen runs of a level become one of the next, so that few files are open and each entry is
  /// rewritten a logarithmic number of times.
  base::Status keep_run(SpillFile run, std::size_t level) {
    if (levels_.size() <= level) levels_.resize(level + 1);
    levels_[level].push_back(std::move(run));
    if (levels_[level].size() < kFanIn) return {};
    std::vector<const SpillFile*> files;
    for (const SpillFile& each : levels_[level]) files.push_back(&each);
    TRY(auto merged, folder_.new_file());
    Merge<T> merge(files, memory_bytes_ / 3);
    for (T entry; merge.next(entry);) CHECK_OK(merged.append(&entry, sizeof(T)));
    CHECK_OK(merge.status());
    CHECK_OK(merged.flush());
    folder_.spilled_bytes += merged.bytes();
    std::error_code ignored;
    for (const SpillFile* each : files) std::filesystem::remove(each->path(), ignored);
    levels_[level].clear();
    return keep_run(std::move(merged), level + 1);
  }

  SpillFolder& folder_;
  std::size_t memory_bytes_, capacity_;
  std::vector<T> entries_;
  std::vector<std::vector<SpillFile>> levels_;
  std::unique_ptr<Merge<T>> merge_;
  std::size_t at_ = 0;
};

}  // namespace fulcrum::data::dedup
