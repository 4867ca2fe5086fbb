#pragma once
// TCP with whole frames, blocking.
#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"

namespace fulcrum::data::serving {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket();
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  int get() const { return descriptor_; }
  /// Wakes whoever reads or writes; may be called from another thread.
  void shut() const;
  /// False at the end of the stream, on an error, when the wait is over, and for a longer frame.
  bool read_frame(std::string& frame, std::uint32_t max_bytes) const;
  /// Changes `parts` as it goes. False when not all could be sent.
  bool write(std::span<iovec> parts) const;
  /// How long a read may take; 0: for ever.
  void set_read_timeout_s(int seconds) const;

 private:
  bool read_exactly(char* to, std::size_t size) const;
  int descriptor_ = -1;
};

/// Fails with `serving.listen`. Answers the socket and its port.
base::Result<std::pair<Socket, std::uint16_t>> listen_on(const std::string& address,
                                                         std::uint16_t port);

}  // namespace fulcrum::data::serving
