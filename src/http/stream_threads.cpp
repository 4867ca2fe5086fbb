#include "http/stream_threads.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>

namespace fulcrum::http {

namespace {

constexpr int kSendTimeoutS = 15;

bool send_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(file, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool peer_left(int file) {
  pollfd waiting{file, POLLRDHUP, 0};
  return ::poll(&waiting, 1, 0) > 0 && (waiting.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace

bool StreamThreads::has_room() {
  const std::lock_guard lock(mutex_);
  reap();
  return !stopping_ && entries_.size() < most_;
}

bool StreamThreads::add(int file, std::string head,
                        std::function<std::optional<std::string>()> next) {
  const std::lock_guard lock(mutex_);
  reap();
  if (stopping_ || entries_.size() >= most_) return false;
  const timeval timeout{kSendTimeoutS, 0};
  ::setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  auto& entry = *entries_.emplace_back(std::make_unique<Entry>());
  entry.file = file;
  entry.thread = std::thread(
      [this, &entry, head = std::move(head), next = std::move(next)] { run(entry, head, next); });
  return true;
}

void StreamThreads::run(Entry& entry, const std::string& head,
                        const std::function<std::optional<std::string>()>& next) {
  try {
    bool open = send_all(entry.file, head);
    while (open && !stopping_ && !peer_left(entry.file)) {
      const auto chunk = next();
      if (!chunk) break;
      open = send_all(entry.file, chunk->empty() ? ": \n\n" : *chunk);
    }
  } catch (...) {
    // A stream that fails ends; its reader reconnects from the last id that it saw.
  }
  ::shutdown(entry.file, SHUT_RDWR);
  entry.done = true;
}

void StreamThreads::reap() {
  std::erase_if(entries_, [](const std::unique_ptr<Entry>& entry) {
    if (!entry->done) return false;
    entry->thread.join();
    ::close(entry->file);
    return true;
  });
}

void StreamThreads::stop() {
  stopping_ = true;
  const std::lock_guard lock(mutex_);
  for (auto& entry : entries_) {
    ::shutdown(entry->file, SHUT_RDWR);
    entry->thread.join();
    ::close(entry->file);
  }
  entries_.clear();
}

}  // namespace fulcrum::http
