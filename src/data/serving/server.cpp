#include "data/serving/server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "base/hash.h"
#include "base/json.h"
#include "data/serving/protocol.h"
#include "data/serving/socket.h"

namespace fulcrum::data::serving {

namespace {

constexpr int kHelloTimeoutS = 10, kSendBufferBytes = 4 << 20;

/// Compared by their hashes, in constant time: neither length nor content shows.
bool is_token(const std::string& said, const std::string& wanted) {
  const auto a = base::sha256(said), b = base::sha256(wanted);
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool send_words_and_text(const Socket& socket, std::uint32_t word, const std::string& text) {
  std::uint32_t head[2] = {static_cast<std::uint32_t>(text.size() + 4), word};
  iovec parts[2] = {{head, sizeof head}, {const_cast<char*>(text.data()), text.size()}};
  return socket.write(parts);
}

bool send_error(const Socket& socket, const base::Error& error) {
  return send_words_and_text(socket, kFailed,
                             base::to_text(base::json::object{{"code", error.code},
                                                              {"message", error.message},
                                                              {"field", error.field},
                                                              {"fix", error.fix}}));
}

/// Answers the requests of one connection.
class Conversation {
 public:
  Conversation(const Socket& socket, const Corpus& corpus, const ServerOptions& options)
      : socket_(socket), corpus_(corpus), options_(options) {}

  void run() {
    socket_.set_read_timeout_s(kHelloTimeoutS);
    if (!greet()) return;
    socket_.set_read_timeout_s(0);
    std::string frame;
    while (socket_.read_frame(frame, kMaxHelloBytes)) {
      const auto request = parse_request(frame);
      if (!(request ? answer(*request) : send_error(socket_, request.error()))) return;
    }
  }

 private:
  bool greet() {
    std::string frame;
    if (!socket_.read_frame(frame, kMaxHelloBytes)) return false;
    const auto said = parse_hello(frame);
    if (!said) return send_error(socket_, said.error()) && false;
    if (!is_token(*said, options_.token)) {
      const auto refusal = base::refused("serving.token", "the token is not this server's",
                                         "give the token that the server printed or was given");
      return send_error(socket_, refusal.value()) && false;
    }
    return send_words_and_text(
        socket_, 0,
        base::to_text(base::json::object{{"protocol", 1},
                                         {"version", corpus_.version()},
                                         {"records", corpus_.records()},
                                         {"bytes", corpus_.bytes()},
                                         {"sources", corpus_.sources.size()},
                                         {"mixture", !corpus_.mixture.empty()}}));
  }

  bool answer(const BatchRequest& request) {
    if (!order_ || seed_ != request.seed) {
      auto order = corpus_.order(request.seed);
      if (!order) return send_error(socket_, order.error());
      order_ = std::move(*order);
      seed_ = request.seed;
    }
    head_.assign(2, request.count);
    parts_.assign(1, {});
    std::uint64_t bytes = 4;
    for (std::uint32_t i = 0; i < request.count; ++i) {
      const auto record = corpus_.record(order_->at(request.first + i * request.stride));
      head_.push_back(static_cast<std::uint32_t>(record.size()));
      if (!record.empty()) parts_.push_back({const_cast<char*>(record.data()), record.size()});
      bytes += 4 + record.size();
      if (bytes > kMaxAnswerBytes)
        return send_error(socket_, base::failed("serving.too_long",
                                                fmt::format("{} records are more than {} bytes",
                                                            request.count, kMaxAnswerBytes),
                                                "ask for a smaller batch")
                                       .value());
    }
    head_[0] = static_cast<std::uint32_t>(bytes);
    parts_[0] = {head_.data(), head_.size() * sizeof(std::uint32_t)};
    return socket_.write(parts_);
  }

  const Socket& socket_;
  const Corpus& corpus_;
  const ServerOptions& options_;
  std::optional<Order> order_;  // of the seed asked for last
  std::uint64_t seed_ = 0;
  std::vector<std::uint32_t> head_;
  std::vector<iovec> parts_;
};

class TcpServer final : public Server {
 public:
  TcpServer(std::shared_ptr<const Corpus> corpus, ServerOptions options, Socket listener,
            std::uint16_t port)
      : corpus_(std::move(corpus)),
        options_(std::move(options)),
        listener_(std::move(listener)),
        port_(port),
        accepting_([this] { accept_all(); }) {}

  ~TcpServer() override {
    is_closing_ = true;
    listener_.shut();
    accepting_.join();
    for (const Peer& peer : peers_) peer.socket.shut();
    peers_.clear();  // joins
  }
  std::uint16_t port() const override { return port_; }

 private:
  struct Peer {
    explicit Peer(int descriptor) : socket(descriptor) {}
    Socket socket;
    std::atomic<bool> is_done = false;
    std::jthread thread;  // joined before the socket is closed
  };

  void accept_all() {
    while (!is_closing_) {
      const int descriptor = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      std::erase_if(peers_, [](const Peer& peer) { return peer.is_done.load(); });
      if (descriptor < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
        continue;
      }
      Socket socket(descriptor);
      if (is_closing_ || peers_.size() >= options_.max_connections) continue;
      const int yes = 1;
      ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      ::setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes, sizeof kSendBufferBytes);
      Peer& peer = peers_.emplace_back(-1);
      peer.socket = std::move(socket);
      peer.thread = std::jthread([this, &peer] {
        Conversation(peer.socket, *corpus_, options_).run();
        peer.socket.shut();
        peer.is_done = true;
      });
    }
  }

  const std::shared_ptr<const Corpus> corpus_;
  const ServerOptions options_;
  const Socket listener_;
  const std::uint16_t port_;
  std::atomic<bool> is_closing_ = false;
  std::list<Peer> peers_;  // of the accepting thread, then of the destructor
  std::thread accepting_;
};

}  // namespace

base::Result<std::unique_ptr<Server>> start_server(std::shared_ptr<const Corpus> corpus,
                                                   ServerOptions options) {
  CHECK_OK(corpus->order(0));
  TRY(auto listening, listen_on(options.address, options.port));
  return std::make_unique<TcpServer>(std::move(corpus), std::move(options),
                                     std::move(listening.first), listening.second);
}

}  // namespace fulcrum::data::serving
