#pragma once
// The smallest HTTP/1.1 server that a test can talk to: one thread a connection, kept alive.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fulcrum::testing {

struct TinyRequest {
  std::string method;
  std::string path;
  std::string body;
};
struct TinyResponse {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

class TinyHttp {
 public:
  using Handler = std::function<TinyResponse(const TinyRequest&)>;

  explicit TinyHttp(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 128) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~TinyHttp() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    for (const int socket : sockets_) ::close(socket);
  }
  TinyHttp(const TinyHttp&) = delete;
  TinyHttp& operator=(const TinyHttp&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void accept_all() {
    while (!stopping_) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] { serve(socket); });
    }
  }

  void serve(int socket) {
    std::string buffer;
    TinyRequest request;
    while (read_request(socket, buffer, request)) {
      const TinyResponse response = handler_(request);
      std::string text = "HTTP/1.1 " + std::to_string(response.status) +
                         " Status\r\nContent-Type: application/json\r\nContent-Length: " +
                         std::to_string(response.body.size()) + "\r\n";
      for (const auto& [name, value] : response.headers) text += name + ": " + value + "\r\n";
      text += "\r\n" + response.body;
      if (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) < 0) return;
    }
    ::shutdown(socket, SHUT_RDWR);
  }

  static bool fill(int socket, std::string& buffer) {
    char bytes[16384];
    const auto count = ::recv(socket, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    buffer.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  static bool read_request(int socket, std::string& buffer, TinyRequest& request) {
    std::size_t head_end;
    while ((head_end = buffer.find("\r\n\r\n")) == std::string::npos)
      if (!fill(socket, buffer)) return false;
    std::string head = buffer.substr(0, head_end);
    const auto first = head.find(' '), second = head.find(' ', first + 1);
    if (second == std::string::npos) return false;
    request.method = head.substr(0, first);
    request.path = head.substr(first + 1, second - first - 1);
    for (char& c : head) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::size_t length = 0;
    if (const auto at = head.find("content-length:"); at != std::string::npos)
      length = std::strtoul(head.c_str() + at + 15, nullptr, 10);
    while (buffer.size() < head_end + 4 + length)
      if (!fill(socket, buffer)) return false;
    request.body = buffer.substr(head_end + 4, length);
    buffer.erase(0, head_end + 4 + length);
    return true;
  }

  Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace fulcrum::testing
