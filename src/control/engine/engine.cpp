#include "control/engine/engine.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "control/engine/engine_group.h"
#include "control/engine/engine_state.h"
#include "control/engine/read_audit.h"

namespace fulcrum::control {

namespace json = base::json;

namespace {

/// Many readers or one writer, in order of arrival: neither can starve the other.
class StateLock {
 public:
  void lock() {
    const std::lock_guard turn(turnstile_);
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }
  void lock_shared() {
    const std::lock_guard turn(turnstile_);
    mutex_.lock_shared();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  std::mutex turnstile_;
  std::shared_mutex mutex_;
};

/// The events themselves were at fault, not the medium.
bool is_fault_of_content(const base::Error& error) {
  return error.code == "ledger.project" || error.code == "table.unknown";
}

class LedgerEngine final : public Engine {
 public:
  LedgerEngine(std::vector<std::unique_ptr<ledger::Pillar>> pillars,
               std::unique_ptr<ledger::Store> store, std::unique_ptr<ledger::SubjectVault> vault,
               EngineOptions options)
      : options_(options),
        store_(std::move(store)),
        vault_(std::move(vault)),
        state_(std::move(pillars), vault_.get()),
        builder_(state_, *store_, vault_.get(), options_),
        reads_(*options_.clock, options_.read_window_us,
               [this](const std::string& actor, ledger::NewEvents events, RecordDone done) {
                 PendingCommand pending;
                 pending.request.actor = actor;
                 pending.done = std::move(done);
                 pending.evidence = std::move(events);
                 queue(std::move(pending));
               }) {}
  ~LedgerEngine() override;

  /// Replays and starts the writer.
  base::Status start();

  base::Result<CommandReply> submit(CommandRequest request) override;
  void submit_async(CommandRequest request,
                    std::function<void(base::Result<CommandReply>)> done) override;
  base::Result<json::value> query(std::string_view name, const json::value& parameters,
                                  const std::string& actor, ledger::Role role) override;
  base::Status record_read(const std::string& actor, std::string_view what,
                           std::string_view subject) override {
    return reads_.record(actor, what, subject);
  }
  void with_pillar(std::string_view pillar,
                   const std::function<void(const ledger::Pillar&)>& use) const override;
  const std::vector<std::unique_ptr<ledger::Pillar>>& pillars() const override {
    return state_.pillars();
  }
  const ledger::Store& store() const override { return *store_; }
  ledger::SubjectVault* vault() const override { return vault_.get(); }
  std::uint64_t wait_for_events(std::uint64_t after, std::int64_t timeout_us) const override;
  base::Status snapshot() override;
  base::Status rebuild() override { return store_->rebuild_tables(state_.project()); }
  EngineCounters counters() const override;

 private:
  using Batch = std::vector<PendingCommand>;
  void queue(PendingCommand pending);
  base::Result<json::value> answer(const EngineState::Found& found, std::string_view name,
                                   const json::value& parameters);
  void write_loop();
  /// Waits for commands; false when the engine stops and none is left.
  bool take(std::deque<PendingCommand>& taken);
  void run_group(Batch& batch, std::deque<PendingCommand>& taken);
  void put_back(Batch& batch, std::deque<PendingCommand>& taken);
  base::Status reload();
  void finish(Batch& batch, const base::Status& status);
  void erase_subjects(std::vector<std::string> subjects);
  void count(const Batch& batch, const base::Status& status, std::uint64_t append_us);
  void publish();

  const EngineOptions options_;
  std::unique_ptr<ledger::Store> store_;
  std::unique_ptr<ledger::SubjectVault> vault_;

  mutable StateLock state_mutex_;  // state_
  EngineState state_;
  GroupBuilder builder_;               // writer thread only
  bool is_state_lost_ = false;         // writer thread only
  std::size_t alone_ = 0;              // writer thread only: commands to commit one by one
  std::vector<std::string> unerased_;  // writer thread only: erasures that are still to be done

  mutable std::mutex queue_mutex_;
  std::condition_variable queue_filled_;
  std::deque<PendingCommand> queue_;
  bool is_stopping_ = false;

  mutable std::mutex seq_mutex_;
  mutable std::condition_variable seq_moved_;
  std::uint64_t durable_seq_ = 0;

  mutable std::mutex counters_mutex_;
  EngineCounters counters_;
  std::atomic<std::uint64_t> snapshot_seq_ = 0;
  std::thread writer_;
  ReadAudit reads_;
};

LedgerEngine::~LedgerEngine() {
  if (writer_.joinable()) reads_.close();
  {
    const std::lock_guard lock(queue_mutex_);
    is_stopping_ = true;
  }
  queue_filled_.notify_all();
  if (writer_.joinable()) writer_.join();
}

base::Status LedgerEngine::start() {
  CHECK_OK(state_.load(*store_, unerased_));
  if (store_->tables_stale()) CHECK_OK(rebuild());
  counters_.replayed = state_.replayed();
  snapshot_seq_ = state_.snapshot_seq();
  durable_seq_ = store_->size();
  erase_subjects({});
  writer_ = std::thread([this] { write_loop(); });
  return {};
}

base::Result<CommandReply> LedgerEngine::submit(CommandRequest request) {
  std::promise<base::Result<CommandReply>> promise;
  auto reply = promise.get_future();
  submit_async(std::move(request), [&promise](base::Result<CommandReply> result) {
    promise.set_value(std::move(result));
  });
  return reply.get();
}

void LedgerEngine::submit_async(CommandRequest request,
                                std::function<void(base::Result<CommandReply>)> done) {
  queue({std::move(request), std::move(done)});
}

void LedgerEngine::queue(PendingCommand pending) {
  {
    const std::lock_guard lock(queue_mutex_);
    queue_.push_back(std::move(pending));
    if (queue_.size() > 1) return;  // the writer was woken already
  }
  queue_filled_.notify_one();
}

base::Result<json::value> LedgerEngine::query(std::string_view name, const json::value& parameters,
                                              const std::string& actor, ledger::Role role) {
  const auto found = state_.find_query(name);
  if (!found.pillar)
    return base::usage("query.unknown", "no such query: " + std::string(name), "query");
  if (role < found.role) {
    CHECK_OK(reads_.record_refusal(actor, name));
    return base::refused("permission.denied", fmt::format("{} needs the role {}, {} has {}", name,
                                                          ledger::role_name(found.role), actor,
                                                          ledger::role_name(role)));
  }
  auto read = answer(found, name, parameters);
  if (read && found.query->reads_data)
    CHECK_OK(reads_.record(actor, name,
                           found.query->about.empty()
                               ? std::string()
                               : base::get_string(parameters, found.query->about)));
  return read;
}

base::Result<json::value> LedgerEngine::answer(const EngineState::Found& found,
                                               std::string_view name,
                                               const json::value& parameters) {
  const std::shared_lock lock(state_mutex_);
  try {
    auto answer = found.pillar->answer(name, parameters, store_->tables());
    if (answer && vault_) vault_->open(*answer);  // read models hold personal text sealed
    return answer;
  } catch (const std::exception& error) {
    return base::failed("query.failed", fmt::format("{}: {}", name, error.what()));
  }
}

void LedgerEngine::with_pillar(std::string_view pillar,
                               const std::function<void(const ledger::Pillar&)>& use) const {
  const auto* found = state_.pillar(pillar);
  if (!found) return;
  const std::shared_lock lock(state_mutex_);
  use(*found);
}

std::uint64_t LedgerEngine::wait_for_events(std::uint64_t after, std::int64_t timeout_us) const {
  std::unique_lock lock(seq_mutex_);
  seq_moved_.wait_for(lock, std::chrono::microseconds(timeout_us),
                      [&] { return durable_seq_ > after; });
  return durable_seq_;
}

base::Status LedgerEngine::snapshot() {
  ledger::Snapshot snapshot;
  {
    const std::shared_lock lock(state_mutex_);
    snapshot.seq = store_->size();
    TRY(snapshot.body, state_.save());
  }
  CHECK_OK(store_->save_snapshot(snapshot));
  snapshot_seq_ = snapshot.seq;
  return {};
}

EngineCounters LedgerEngine::counters() const {
  EngineCounters counters;
  {
    const std::lock_guard lock(counters_mutex_);
    counters = counters_;
  }
  counters.snapshot_seq = snapshot_seq_;
  const std::lock_guard lock(queue_mutex_);
  counters.waiting = queue_.size();
  return counters;
}

void LedgerEngine::write_loop() {
  Batch batch;
  std::deque<PendingCommand> taken;
  std::uint64_t tried_seq = snapshot_seq_;  // a failing snapshot is not tried after every group
  while (take(taken)) {
    run_group(batch, taken);
    batch.clear();
    if (store_->size() - std::max<std::uint64_t>(snapshot_seq_, tried_seq) >=
        options_.snapshot_every_events) {
      tried_seq = store_->size();
      if (const auto status = snapshot(); !status)
        spdlog::warn("no snapshot written: {}", status.error().message);
    }
  }
}

bool LedgerEngine::take(std::deque<PendingCommand>& taken) {
  if (!taken.empty()) return true;
  std::unique_lock lock(queue_mutex_);
  queue_filled_.wait(lock, [&] { return is_stopping_ || !queue_.empty(); });
  taken.swap(queue_);
  return !taken.empty();
}

void LedgerEngine::run_group(Batch& batch, std::deque<PendingCommand>& taken) {
  base::Status status;
  std::uint64_t append_us = 0;
  {
    // Held until the group is durable: no query sees what may still be undone.
    const std::unique_lock lock(state_mutex_);
    if (is_state_lost_) status = reload();
    builder_.start(!status);
    while (!taken.empty() && builder_.events() < options_.max_group_events &&
           batch.size() < (alone_ > 0 ? 1 : options_.max_group_events)) {
      batch.push_back(std::move(taken.front()));
      taken.pop_front();
      if (status) builder_.add(batch.back());
    }
    if (status && !builder_.commits().empty()) {
      const auto begin = std::chrono::steady_clock::now();
      status = store_->append(builder_.commits(), state_.project());
      append_us = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                                 std::chrono::steady_clock::now() - begin)
                                                 .count());
      if (status) {
        erase_subjects(builder_.erased());
      } else {
        builder_.start(true);
        if (const auto reloaded = reload(); !reloaded)
          spdlog::error("state could not be restored: {}", reloaded.error().message);
      }
    }
  }
  if (alone_ > 0) {
    --alone_;
  } else if (!status && batch.size() > 1 && is_fault_of_content(status.error())) {
    put_back(batch, taken);
    return;
  }
  count(batch, status, append_us);
  finish(batch, status);
}

/// One command's events broke the group: each is tried on its own, so that only that one fails.
void LedgerEngine::put_back(Batch& batch, std::deque<PendingCommand>& taken) {
  alone_ = batch.size();
  for (auto pending = batch.rbegin(); pending != batch.rend(); ++pending) {
    pending->reply = CommandReply{};
    pending->is_in_group = false;
    taken.push_front(std::move(*pending));
  }
}

/// Back to the last durable seq.
base::Status LedgerEngine::reload() {
  is_state_lost_ = true;
  CHECK_OK(state_.load(*store_, unerased_));
  is_state_lost_ = false;
  return {};
}

void LedgerEngine::erase_subjects(std::vector<std::string> subjects) {
  unerased_.insert(unerased_.end(), subjects.begin(), subjects.end());
  if (unerased_.empty() || !vault_) return;
  base::Status status;
  while (!unerased_.empty() && (status = vault_->erase(unerased_.back()))) unerased_.pop_back();
  if (status) status = state_.blank_erased();
  if (!status) spdlog::error("an erasure is still to be done: {}", status.error().message);
}

void LedgerEngine::count(const Batch& batch, const base::Status& status, std::uint64_t append_us) {
  const std::lock_guard lock(counters_mutex_);
  for (const auto& pending : batch) {
    if (!pending.evidence.empty()) continue;
    if (!pending.reply) {
      (pending.reply.error().code == "permission.denied" ? counters_.refused
                                                         : counters_.rejected)++;
    } else if (status) {
      (pending.reply->repeated ? counters_.repeated : counters_.commands)++;
    }
  }
  counters_.append_us += append_us;
  if (!status) {
    ++counters_.failed_groups;
  } else if (!builder_.commits().empty()) {
    ++counters_.groups;
    counters_.events += builder_.events();
    counters_.largest_group_events = std::max(counters_.largest_group_events, builder_.events());
  }
}

void LedgerEngine::finish(Batch& batch, const base::Status& status) {
  publish();
  for (auto& pending : batch) {
    // An earlier reply is durable, and a refusal by decide() stands; all else hung on this group.
    const bool stands = !pending.is_in_group && (!pending.reply || pending.reply->repeated);
    if (!status && !stands) pending.reply = base::Failure(status.error());
    if (pending.done) pending.done(std::move(pending.reply));
  }
}

void LedgerEngine::publish() {
  {
    const std::lock_guard lock(seq_mutex_);
    if (durable_seq_ == store_->size()) return;
    durable_seq_ = store_->size();
  }
  seq_moved_.notify_all();
}

}  // namespace

base::Result<std::unique_ptr<Engine>> open_engine(
    std::vector<std::unique_ptr<ledger::Pillar>> pillars, std::unique_ptr<ledger::Store> store,
    std::unique_ptr<ledger::SubjectVault> vault, EngineOptions options) {
  auto engine = std::make_unique<LedgerEngine>(std::move(pillars), std::move(store),
                                               std::move(vault), options);
  CHECK_OK(engine->start());
  return engine;
}

}  // namespace fulcrum::control
