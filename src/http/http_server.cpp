// Beast and Asio live here alone. Connections share one io_context run by a few threads; reads are
// answered on those threads, other methods (which may wait for a disk or a peer) on a pool.
#include "http/http_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cctype>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "http/http_message.h"
#include "http/stream_threads.h"

namespace fulcrum::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = beast::http;
using boost::system::error_code;
using Strand = asio::strand<asio::io_context::executor_type>;
using Stream = beast::basic_stream<asio::generic::stream_protocol, Strand>;

constexpr std::chrono::seconds kIdle{60};   // between requests, and for a request's header
constexpr std::chrono::seconds kBody{120};  // for a request's body
constexpr std::chrono::seconds kWrite{60};
constexpr std::chrono::seconds kDrain{5};      // for requests in progress at shutdown
constexpr std::size_t kMostConnections = 900;  // below the usual limit of open files
constexpr std::size_t kMostStreams = 64;
constexpr std::size_t kPoolThreads = 32;
constexpr std::uint32_t kHeaderBytes = 32 << 10;

class Connection;

/// What connections share with their server.
struct Shared {
  explicit Shared(HttpHandler h) : handler(std::move(h)), pool(kPoolThreads) {}

  HttpHandler handler;
  std::size_t max_body_bytes = 0;
  std::atomic<bool> stopping = false;
  StreamThreads streams{kMostStreams};
  std::mutex mutex;
  std::condition_variable emptied;
  std::set<Connection*> connections;
  asio::thread_pool pool;
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Stream stream, Shared& shared, bool from_unix_socket)
      : stream_(std::move(stream)), shared_(shared), from_unix_socket_(from_unix_socket) {
    const std::lock_guard lock(shared_.mutex);
    shared_.connections.insert(this);
  }
  ~Connection() {
    const std::lock_guard lock(shared_.mutex);
    shared_.connections.erase(this);
    if (shared_.connections.empty()) shared_.emptied.notify_all();
  }

  void start() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->read(); });
  }
  /// Closes now when no request is in progress; otherwise after its answer.
  void finish() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] {
      if (!self->is_busy_) self->close();
    });
  }

 private:
  void read() {
    if (shared_.stopping) return close();
    is_busy_ = false;
    parser_.emplace();
    parser_->body_limit(shared_.max_body_bytes);
    parser_->header_limit(kHeaderBytes);
    stream_.expires_after(kIdle);
    bhttp::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_header(error); });
  }

  void on_header(error_code error) {
    if (error) return on_read_error(error);
    is_busy_ = true;
    if (parser_->is_done()) return handle();
    if (beast::iequals(parser_->get()[bhttp::field::expect], "100-continue")) {
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      asio::async_write(stream_, asio::buffer(out_),
                        [self = shared_from_this()](error_code failed, std::size_t) {
                          if (!failed) self->read_body();
                        });
      return;
    }
    read_body();
  }

  void read_body() {
    stream_.expires_after(kBody);
    bhttp::async_read(stream_, buffer_, *parser_,
                      [self = shared_from_this()](error_code failed, std::size_t) {
                        if (failed) return self->on_read_error(failed);
                        self->handle();
                      });
  }

  void on_read_error(error_code error) {
    if (error == bhttp::error::end_of_stream || error == beast::error::timeout ||
        error == bhttp::error::partial_message ||
        error.category() == asio::error::get_system_category())
      return close();
    must_close_ = true;
    if (error == bhttp::error::body_limit)
      return send(plain_failure(413, "http.too_large", "the request body is too large"));
    if (error == bhttp::error::header_limit)
      return send(plain_failure(431, "http.header_too_large", "the request header is too large"));
    send(plain_failure(400, "http.syntax", "not a valid HTTP request"));
  }

  void handle() {
    auto request = std::make_shared<HttpRequest>();
    auto& message = parser_->get();
    request->method = std::string(message.method_string());
    request->from_unix_socket = from_unix_socket_;
    request->headers.reserve(8);
    for (const auto& field : message) {
      std::string name(field.name_string());
      for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      request->headers.emplace_back(std::move(name), std::string(field.value()));
    }
    request->body = std::move(message.body());
    is_head_ = request->method == "HEAD";
    if (is_head_) request->method = "GET";
    if (!set_target(*request, message.target()))
      return send(plain_failure(400, "http.target", "not a valid request target"));
    if (request->method == "GET") return send(answer(*request));
    stream_.expires_never();
    asio::post(shared_.pool, [self = shared_from_this(), request] {
      auto response = std::make_shared<HttpResponse>(self->answer(*request));
      asio::post(self->stream_.get_executor(),
                 [self, response] { self->send(std::move(*response)); });
    });
  }

  HttpResponse answer(const HttpRequest& request) {
    try {
      return shared_.handler(request);
    } catch (...) {
      return plain_failure(500, "internal", "the request could not be answered");
    }
  }

  void send(HttpResponse response) {
    if (response.stream && !is_head_) return hand_over(std::move(response));
    response.stream = nullptr;
    const auto& message = parser_->get();
    HeadOptions options;
    options.keep_alive = !must_close_ && !shared_.stopping && message.keep_alive();
    options.say_keep_alive = options.keep_alive && message.version() < 11;
    options.with_body = !is_head_;
    out_ = response_head(response, options);
    stream_.expires_after(kWrite);
    asio::async_write(
        stream_, asio::buffer(out_),
        [self = shared_from_this(), keep = options.keep_alive](error_code error, std::size_t) {
          if (error || !keep) return self->close();
          self->read();
        });
  }

  void hand_over(HttpResponse response) {
    if (!shared_.streams.has_room()) {
      response = plain_failure(503, "http.streams", "too many streams are open");
      return send(std::move(response));
    }
    std::string head = response_head(response, {.keep_alive = false});
    error_code error;
    auto socket = stream_.release_socket();
    const int file = socket.release(error);
    if (error) return;
    ::fcntl(file, F_SETFL, ::fcntl(file, F_GETFL) & ~O_NONBLOCK);
    if (!shared_.streams.add(file, std::move(head), std::move(response.stream))) ::close(file);
  }

  void close() {
    error_code ignored;
    stream_.socket().shutdown(asio::socket_base::shutdown_both, ignored);
    stream_.close();
  }

  Stream stream_;
  Shared& shared_;
  const bool from_unix_socket_;
  bool is_busy_ = false, is_head_ = false, must_close_ = false;
  beast::flat_buffer buffer_;
  std::optional<bhttp::request_parser<bhttp::string_body>> parser_;
  std::string out_;
};

/// Another user's process may only come as a stranger, whatever the file modes say.
bool is_same_user(int file) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(file, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

class Server final : public HttpServer {
 public:
  Server(HttpServerOptions options, HttpHandler handler)
      : options_(std::move(options)),
        shared_(std::move(handler)),
        retry_(io_),
        tcp_(io_),
        local_(io_) {
    shared_.max_body_bytes = options_.max_body_bytes;
  }
  ~Server() override { stop(); }

  base::Status start() {
    try {
      if (options_.port >= 0) listen_tcp();
      if (!options_.unix_socket.empty()) listen_local();
    } catch (const boost::system::system_error& error) {
      return base::failed(
          "http.listen",
          fmt::format("cannot listen on {}: {}", listening_on_, error.code().message()),
          listening_on_ == options_.unix_socket
              ? "a Unix socket's path has at most 107 bytes: choose a shorter home"
              : "another program may use it; try --port 0 for any free port");
    }
    for (unsigned i = 0; i < std::max(1u, options_.threads); ++i)
      threads_.emplace_back([this] { io_.run(); });
    return {};
  }

  std::uint16_t port() const override { return port_; }

 private:
  void listen_tcp() {
    listening_on_ = fmt::format("{}:{}", options_.address, options_.port);
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(options_.address),
                                           static_cast<std::uint16_t>(options_.port));
    tcp_.open(endpoint.protocol());
    tcp_.set_option(asio::socket_base::reuse_address(true));
    tcp_.bind(endpoint);
    tcp_.listen(512);
    port_ = tcp_.local_endpoint().port();
    accept(tcp_);
  }

  void listen_local() {
    listening_on_ = options_.unix_socket;
    ::unlink(options_.unix_socket.c_str());
    local_.open();
    local_.bind(asio::local::stream_protocol::endpoint(options_.unix_socket));
    ::chmod(options_.unix_socket.c_str(), 0600);
    local_.listen(512);
    has_socket_file_ = true;
    accept(local_);
  }

  template <class Acceptor>
  void accept(Acceptor& acceptor) {
    using Socket = asio::basic_stream_socket<typename Acceptor::protocol_type, Strand>;
    acceptor.async_accept(asio::make_strand(io_), [this, &acceptor](error_code error,
                                                                    Socket socket) {
      if (error == asio::error::operation_aborted || shared_.stopping) return;
      if (error) return accept_later(acceptor);
      if constexpr (std::is_same_v<Acceptor, asio::ip::tcp::acceptor>) {
        error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
      }
      const bool is_local = std::is_same_v<Acceptor, asio::local::stream_protocol::acceptor> &&
                            is_same_user(socket.native_handle());
      asio::basic_stream_socket<asio::generic::stream_protocol, Strand> generic(std::move(socket));
      if (has_room())
        std::make_shared<Connection>(Stream(std::move(generic)), shared_, is_local)->start();
      accept(acceptor);
    });
  }

  /// Out of file handles: an immediate retry would spin.
  template <class Acceptor>
  void accept_later(Acceptor& acceptor) {
    retry_.expires_after(std::chrono::milliseconds(50));
    retry_.async_wait([this, &acceptor](error_code) {
      if (!shared_.stopping) accept(acceptor);
    });
  }

  bool has_room() {
    const std::lock_guard lock(shared_.mutex);
    return shared_.connections.size() < kMostConnections;
  }

  void stop() {
    shared_.stopping = true;
    if (!threads_.empty()) {
      asio::post(io_, [this] {
        error_code ignored;
        tcp_.close(ignored);
        local_.close(ignored);
        retry_.cancel();
      });
    }
    shared_.streams.stop();
    drain();
    shared_.pool.join();
    io_.stop();
    for (auto& thread : threads_) thread.join();
    if (has_socket_file_) ::unlink(options_.unix_socket.c_str());
  }

  void drain() {
    std::vector<std::shared_ptr<Connection>> alive;  // let go of without the lock held
    {
      const std::lock_guard lock(shared_.mutex);
      for (Connection* connection : shared_.connections)
        if (auto found = connection->weak_from_this().lock()) alive.push_back(std::move(found));
    }
    for (const auto& connection : alive) connection->finish();
    alive.clear();
    if (threads_.empty()) return;
    std::unique_lock lock(shared_.mutex);
    shared_.emptied.wait_for(lock, kDrain, [this] { return shared_.connections.empty(); });
  }

  HttpServerOptions options_;
  Shared shared_;  // outlives io_, whose destruction drops the last connections
  asio::io_context io_;
  // A request on the pool is no work of io_'s, which must yet be there to send its answer.
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::steady_timer retry_;
  asio::ip::tcp::acceptor tcp_;
  asio::local::stream_protocol::acceptor local_;
  std::string listening_on_;
  bool has_socket_file_ = false;
  std::uint16_t port_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

base::Result<std::unique_ptr<HttpServer>> start_http_server(HttpServerOptions options,
                                                            HttpHandler handler) {
  auto server = std::make_unique<Server>(std::move(options), std::move(handler));
  CHECK_OK(server->start());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace fulcrum::http
