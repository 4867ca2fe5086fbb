// The in-memory twin of the store.
#include <fmt/format.h>

#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

#include "ledger/group.h"
#include "ledger/memory_tables.h"
#include "ledger/store.h"

namespace fulcrum::ledger {

namespace {

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(StoreOptions options)
      : catalogue_(std::move(options.tables)),
        sign_(std::move(options.sign)),
        tables_(catalogue_) {}

  base::Status append(std::span<const Commit> group, const Project& project) override {
    return append_group(group, nullptr, project);
  }
  base::Status append_checkpointed(std::span<const Commit> group, const Checkpoint& checkpoint,
                                   const Project& project) override {
    return append_group(group, &checkpoint, project);
  }

  std::uint64_t size() const override {
    const std::shared_lock lock(mutex_);
    return events_.size();
  }
  base::Result<std::uint64_t> stream_version(std::string_view stream) const override {
    const std::shared_lock lock(mutex_);
    const auto found = streams_.find(std::string(stream));
    return found == streams_.end() ? 0 : found->second.size();
  }
  base::Status read(std::uint64_t from, std::uint64_t limit,
                    const std::function<bool(const Event&)>& visit) const override {
    from = std::max<std::uint64_t>(from, 1);
    for (std::uint64_t seq = from; limit == 0 || seq - from < limit; ++seq) {
      const Event* event = find(seq);
      if (!event || !visit(*event)) break;
    }
    return {};
  }
  base::Status read_stream(std::string_view stream,
                           const std::function<bool(const Event&)>& visit) const override {
    std::vector<std::uint64_t> seqs;
    {
      const std::shared_lock lock(mutex_);
      const auto found = streams_.find(std::string(stream));
      if (found != streams_.end()) seqs = found->second;
    }
    for (const auto seq : seqs)
      if (!visit(*find(seq))) break;
    return {};
  }
  base::Result<std::optional<StoredReply>> find_command(
      std::string_view command_id) const override {
    const std::shared_lock lock(mutex_);
    const auto found = command_index_.find(std::string(command_id));
    if (found == command_index_.end()) return std::optional<StoredReply>();
    return std::optional(commands_[found->second].second);
  }
  base::Status read_commands(
      const std::function<bool(std::string_view, const StoredReply&)>& visit) const override {
    for (std::size_t i = 0;; ++i) {
      std::pair<std::string, StoredReply> command;
      {
        const std::shared_lock lock(mutex_);
        if (i >= commands_.size()) return {};
        command = commands_[i];
      }
      if (!visit(command.first, command.second)) return {};
    }
  }
  base::Status read_leaves(std::uint64_t from,
                           const std::function<bool(const base::Digest&)>& visit) const override {
    for (std::uint64_t seq = std::max<std::uint64_t>(from, 1);; ++seq) {
      base::Digest leaf;
      {
        const std::shared_lock lock(mutex_);
        if (seq > leaves_.size()) return {};
        leaf = leaves_[seq - 1];
      }
      if (!visit(leaf)) return {};
    }
  }
  base::Result<std::vector<Checkpoint>> checkpoints(std::uint64_t from_size,
                                                    std::uint64_t limit) const override {
    const std::shared_lock lock(mutex_);
    std::vector<Checkpoint> found;
    for (auto at = checkpoints_.lower_bound(from_size); at != checkpoints_.end(); ++at) {
      if (limit != 0 && found.size() >= limit) break;
      found.push_back(at->second);
    }
    return found;
  }
  base::Result<std::optional<Checkpoint>> last_checkpoint() const override {
    const std::shared_lock lock(mutex_);
    if (checkpoints_.empty()) return std::optional<Checkpoint>();
    return std::optional(checkpoints_.rbegin()->second);
  }

  base::Result<std::optional<Snapshot>> snapshot() const override {
    const std::shared_lock lock(mutex_);
    return snapshot_;
  }
  base::Status save_snapshot(const Snapshot& snapshot) override {
    const std::unique_lock lock(mutex_);
    snapshot_ = snapshot;
    return {};
  }
  base::Status drop_snapshots() override {
    const std::unique_lock lock(mutex_);
    snapshot_.reset();
    return {};
  }

  base::Result<std::optional<std::string>> get_setting(std::string_view key) const override {
    const std::shared_lock lock(mutex_);
    const auto found = settings_.find(key);
    if (found == settings_.end()) return std::optional<std::string>();
    return std::optional(found->second);
  }
  base::Status put_setting(std::string_view key, std::string_view value) override {
    const std::unique_lock lock(mutex_);
    settings_.insert_or_assign(std::string(key), std::string(value));
    return {};
  }
  base::Status erase_setting(std::string_view key) override {
    const std::unique_lock lock(mutex_);
    settings_.erase(std::string(key));
    return {};
  }

  const TableReader& tables() const override { return tables_; }
  base::Status rebuild_tables(const Project& project) override {
    MemoryTables rebuilt(catalogue_);
    TableBuffer buffer(catalogue_, [](std::size_t, const Row&) { return std::optional<Row>(); });
    base::Status status;
    CHECK_OK(read(1, 0, [&](const Event& event) {
      status = project_event(event, project, buffer);
      return status.has_value();
    }));
    CHECK_OK(status);
    tables_.clear();
    tables_.apply(buffer);
    const std::unique_lock lock(mutex_);
    is_stale_ = false;
    return {};
  }
  bool tables_stale() const override {
    const std::shared_lock lock(mutex_);
    return is_stale_;
  }
  base::Status mark_tables_stale() override {
    const std::unique_lock lock(mutex_);
    is_stale_ = true;
    return {};
  }

 private:
  base::Status append_group(std::span<const Commit> group, const Checkpoint* given,
                            const Project& project) {
    std::unordered_set<std::string_view> ids;
    for (const Commit& commit : group) {
      TRY(const auto known, find_command(commit.command_id));
      if (known || !ids.insert(commit.command_id).second)
        return base::conflict("ledger.command_repeated",
                              fmt::format("command {} was accepted before", commit.command_id));
    }
    TRY(auto prepared,
        prepare_group(
            group, tree_, [this](std::string_view stream) { return stream_version(stream); }, sign_,
            given));
    TableBuffer buffer(
        catalogue_, [this](std::size_t table, const Row& key) { return tables_.load(table, key); });
    CHECK_OK(project_group(group, project, buffer));
    keep(group, std::move(prepared));
    tables_.apply(buffer);
    return {};
  }

  void keep(std::span<const Commit> group, PreparedGroup prepared) {
    const std::unique_lock lock(mutex_);
    for (const Commit& commit : group) {
      for (const Event& event : commit.events) {
        streams_[event.stream].push_back(event.seq);
        events_.push_back(event);
      }
      command_index_.emplace(commit.command_id, commands_.size());
      const std::uint64_t last_seq = commit.events.empty() ? 0 : commit.events.back().seq;
      commands_.emplace_back(commit.command_id, StoredReply{last_seq, commit.reply});
    }
    leaves_.insert(leaves_.end(), prepared.leaves.begin(), prepared.leaves.end());
    tree_ = std::move(prepared.tree);
    if (prepared.checkpoint) checkpoints_[prepared.checkpoint->size] = *prepared.checkpoint;
  }

  /// Stays valid: events are never moved or removed.
  const Event* find(std::uint64_t seq) const {
    const std::shared_lock lock(mutex_);
    return seq <= events_.size() ? &events_[seq - 1] : nullptr;
  }

  const Catalogue catalogue_;
  const Sign sign_;
  MemoryTables tables_;
  mutable std::shared_mutex mutex_;  // everything below
  std::deque<Event> events_;
  std::deque<base::Digest> leaves_;
  CompactRange tree_;
  std::unordered_map<std::string, std::vector<std::uint64_t>> streams_;
  std::vector<std::pair<std::string, StoredReply>> commands_;
  std::unordered_map<std::string, std::size_t> command_index_;
  std::map<std::uint64_t, Checkpoint> checkpoints_;
  std::optional<Snapshot> snapshot_;
  bool is_stale_ = false;
  std::map<std::string, std::string, std::less<>> settings_;
};

}  // namespace

std::unique_ptr<Store> open_memory_store(StoreOptions options) {
  return std::make_unique<MemoryStore>(std::move(options));
}

}  // namespace fulcrum::ledger
