#include "data/serving/socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

namespace fulcrum::data::serving {

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Socket::shut() const {
  ::shutdown(descriptor_, SHUT_RDWR);
}

bool Socket::read_exactly(char* to, std::size_t size) const {
  while (size > 0) {
    const ssize_t read = ::recv(descriptor_, to, size, 0);
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) return false;
    to += read;
    size -= static_cast<std::size_t>(read);
  }
  return true;
}

bool Socket::read_frame(std::string& frame, std::uint32_t max_bytes) const {
  unsigned char prefix[4];
  if (!read_exactly(reinterpret_cast<char*>(prefix), sizeof prefix)) return false;
  const std::uint32_t size =
      prefix[0] | prefix[1] << 8 | prefix[2] << 16 | static_cast<std::uint32_t>(prefix[3]) << 24;
  if (size > max_bytes) return false;
  frame.resize(size);
  return read_exactly(frame.data(), size);
}

bool Socket::write(std::span<iovec> parts) const {
  while (!parts.empty()) {
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = std::min<std::size_t>(parts.size(), IOV_MAX);
    ssize_t sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    while (!parts.empty() && static_cast<std::size_t>(sent) >= parts.front().iov_len) {
      sent -= static_cast<ssize_t>(parts.front().iov_len);
      parts = parts.subspan(1);
    }
    if (sent > 0) {
      parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + sent;
      parts.front().iov_len -= static_cast<std::size_t>(sent);
    }
  }
  return true;
}

void Socket::set_read_timeout_s(int seconds) const {
  const timeval time{seconds, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
}

base::Result<std::pair<Socket, std::uint16_t>> listen_on(const std::string& address,
                                                         std::uint16_t port) {
  const auto no = [&](const char* reason) {
    return base::failed("serving.listen", fmt::format("{} port {}: {}", address, port, reason),
                        "choose another port or address");
  };
  addrinfo hints{}, *found = nullptr;
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  if (const int error =
          ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found);
      error != 0)
    return no(::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> freed(found, &::freeaddrinfo);
  Socket socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (socket.get() < 0 || ::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(socket.get(), SOMAXCONN) != 0)
    return no(std::strerror(errno));
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    return no(std::strerror(errno));
  const auto number = bound.ss_family == AF_INET6
                          ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                          : reinterpret_cast<const sockaddr_in&>(bound).sin_port;
  return std::pair(std::move(socket), ntohs(number));
}

}  // namespace fulcrum::data::serving
