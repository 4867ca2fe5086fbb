#pragma once
// Server-Sent Events: each stream has a thread of its own, since its source blocks while it waits
// for events and must not hold up the threads that serve requests.
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "http/http_server.h"

namespace fulcrum::http {

/// Thread-safe.
class StreamThreads {
 public:
  explicit StreamThreads(std::size_t most) : most_(most) {}
  ~StreamThreads() { stop(); }

  /// Takes over the connected blocking socket `file`, sends `head` and then the stream's chunks
  /// until it ends, the peer leaves, or stop(). False (the caller keeps the socket) when too many
  /// streams are open.
  bool add(int file, std::string head, std::function<std::optional<std::string>()> next);
  bool has_room();
  /// Ends all streams and joins their threads.
  void stop();

 private:
  struct Entry {
    int file = -1;
    std::atomic<bool> done = false;
    std::thread thread;
  };
  void run(Entry& entry, const std::string& head,
           const std::function<std::optional<std::string>()>& next);
  void reap();

  const std::size_t most_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace fulcrum::http
