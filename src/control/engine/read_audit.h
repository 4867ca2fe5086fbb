#pragma once
// Evidence of reads of data: the first of a window is durable before its answer leaves, the others
// are counted and written together. So reading stays as fast as it is without an audit, and nobody
// can hide by killing the process that something was read; see Engine::record_read().
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>

#include "base/clock.h"
#include "control/engine/engine.h"
#include "ledger/event.h"

namespace fulcrum::control {

using RecordDone = std::function<void(base::Result<CommandReply>)>;
/// Queues events that nobody decides; calls back once they are durable or have failed.
using RecordEvidence =
    std::function<void(const std::string& actor, ledger::NewEvents events, RecordDone done)>;

/// Thread-safe.
class ReadAudit {
 public:
  ReadAudit(const base::Clock& clock, std::int64_t window_us, RecordEvidence write);
  ~ReadAudit();

  /// Blocks until the window's first read of this kind is durable.
  base::Status record(const std::string& actor, std::string_view what, std::string_view subject);
  /// A read that was denied; blocks until that is durable.
  base::Status record_refusal(const std::string& actor, std::string_view what);
  /// Writes what is counted and ends; reads after it are refused.
  void close();

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // actor, what, subject
  struct Window {
    std::shared_future<base::Status> first;
    std::uint64_t count = 0;  // after the first
    std::int64_t first_us = 0, last_us = 0;
  };
  using Windows = std::map<Key, Window>;
  std::shared_future<base::Status> write(const std::string& actor, ledger::NewEvent event);
  void write_counts(const Windows& windows);
  void run();

  const base::Clock& clock_;
  const std::int64_t window_us_;
  const RecordEvidence write_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Windows windows_;  // all of one window: they end together
  bool is_closed_ = false;
  std::thread writer_;  // started by the first read
};

}  // namespace fulcrum::control
