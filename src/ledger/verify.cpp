#include "ledger/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "ledger/merkle.h"
#include "ledger/signature.h"

namespace fulcrum::ledger {

namespace {

constexpr std::uint64_t kChunk = 8192;

class Verifier {
 public:
  Verifier(const Store& store, const VerifyOptions& options) : store_(store), options_(options) {
    report_.signatures_checked = !options.public_keys.empty();
    std::sort(witnessed_.begin(), witnessed_.end(),
              [](const auto& left, const auto& right) { return left.size < right.size; });
  }

  base::Result<VerifyReport> run() {
    const std::uint64_t total = store_.size();
    while (report_.reason.empty()) {
      TRY(const bool has_more, check_chunk());
      if (options_.progress) options_.progress(tree_.size(), total);
      if (!has_more) break;
    }
    if (report_.reason.empty()) check_end();
    report_.events = tree_.size();
    report_.root = base::to_hex(tree_.root());
    report_.ok = report_.reason.empty();
    return report_;
  }

 private:
  void bad(std::uint64_t seq, std::string reason) {
    if (!report_.reason.empty()) return;
    report_.first_bad_seq = seq;
    report_.reason = std::move(reason);
  }
  void bad_range(std::uint64_t size, const std::string& what) {
    const std::uint64_t first = last_checkpoint_ + 1;
    bad(first, fmt::format("{}; one of the events {} to {} was altered", what, first, size));
  }

  base::Result<bool> check_chunk() {
    const std::uint64_t first = tree_.size() + 1;
    computed_.clear();
    CHECK_OK(store_.read(first, kChunk, [&](const Event& event) { return check_event(event); }));
    std::size_t next = 0;
    std::uint64_t altered = 0;
    CHECK_OK(store_.read_leaves(first, [&](const base::Digest& leaf) {
      if (next < computed_.size() && leaf != computed_[next]) altered = first + next;
      return altered == 0 && ++next < computed_.size();
    }));
    const std::uint64_t good = altered == 0 ? computed_.size() : altered - first;
    CHECK_OK(extend_tree(good));
    if (altered != 0)
      bad(altered, fmt::format("event {}: its content does not match its stored hash", altered));
    return computed_.size() == kChunk;
  }

  bool check_event(const Event& event) {
    const std::uint64_t expected = tree_.size() + computed_.size() + 1;
    if (event.seq != expected) {
      pending_bad_ = {expected, fmt::format("event {} is missing: {} follows {}", expected,
                                            event.seq, expected - 1)};
      return false;
    }
    // A hash stands for the stream, so that a ledger of millions of streams fits in memory.
    auto& version = versions_[std::hash<std::string_view>()(event.stream)];
    if (event.version != version + 1)
      pending_bad_ = {expected, fmt::format("event {}: {} goes from version {} to {}", expected,
                                            event.stream, version, event.version)};
    version = event.version;
    computed_.push_back(leaf_hash(event));
    return pending_bad_.second.empty();
  }

  /// Adds the leaves and checks every checkpoint that lies among them.
  base::Status extend_tree(std::uint64_t leaves) {
    TRY(auto checkpoints, store_.checkpoints(tree_.size() + 1, 0));
    auto next = checkpoints.begin();
    for (std::uint64_t i = 0; i < leaves && report_.reason.empty(); ++i) {
      tree_.append(computed_[i]);
      if (next != checkpoints.end() && next->size == tree_.size()) check(*next++);
      for (;
           next_witnessed_ < witnessed_.size() && witnessed_[next_witnessed_].size <= tree_.size();
           ++next_witnessed_)
        check_witnessed(witnessed_[next_witnessed_]);
    }
    if (!pending_bad_.second.empty()) bad(pending_bad_.first, pending_bad_.second);
    return {};
  }

  void check(const Checkpoint& checkpoint) {
    const std::string name = fmt::format("checkpoint {}", checkpoint.size);
    if (checkpoint.root != tree_.root())
      return bad_range(checkpoint.size, name + ": the root does not match the events");
    const std::string text = checkpoint_text(checkpoint);
    const auto& keys = options_.public_keys;
    const bool is_signed =
        keys.empty() || std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
          return signature_holds(key, text, checkpoint.signature);
        });
    if (!is_signed)
      return bad_range(checkpoint.size, name + ": the signature is not this ledger's");
    last_checkpoint_ = checkpoint.size;
    ++report_.checkpoints;
  }

  void check_witnessed(const Checkpoint& checkpoint) {
    if (checkpoint.size == tree_.size() && checkpoint.root != tree_.root())
      bad(1, fmt::format("the ledger is not the one witnessed at {} events; one of the events 1 "
                         "to {} was altered",
                         checkpoint.size, checkpoint.size));
  }

  void check_end() {
    if (!witnessed_.empty() && witnessed_.back().size > tree_.size())
      return bad(tree_.size() + 1, fmt::format("the tail is cut: {} events were witnessed, {} are "
                                               "left",
                                               witnessed_.back().size, tree_.size()));
    if (last_checkpoint_ < tree_.size())
      return bad(last_checkpoint_ + 1, fmt::format("events {} to {} are under no checkpoint",
                                                   last_checkpoint_ + 1, tree_.size()));
    const auto last = store_.last_checkpoint();
    if (last && *last && (*last)->size > tree_.size())
      bad(tree_.size() + 1, fmt::format("the tail is cut: the last checkpoint is of {} events, {} "
                                        "are left",
                                        (*last)->size, tree_.size()));
  }

  const Store& store_;
  const VerifyOptions& options_;
  VerifyReport report_;
  CompactRange tree_;
  std::vector<base::Digest> computed_;
  std::unordered_map<std::uint64_t, std::uint64_t> versions_;
  std::pair<std::uint64_t, std::string> pending_bad_;
  std::vector<Checkpoint> witnessed_ = options_.witnessed;
  std::size_t next_witnessed_ = 0;
  std::uint64_t last_checkpoint_ = 0;
};

}  // namespace

base::Result<VerifyReport> verify(const Store& store, const VerifyOptions& options) {
  return Verifier(store, options).run();
}

}  // namespace fulcrum::ledger
