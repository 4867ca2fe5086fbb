// The server over real sockets: raw bytes where the bytes matter.
#include "http/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>

namespace fulcrum::http {
namespace {

class Connection {
 public:
  explicit Connection(std::uint16_t port) : file_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(file_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  explicit Connection(const std::string& path) : file_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
    connected_ = ::connect(file_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Connection() { ::close(file_); }
  bool connected() const { return connected_; }
  void send(std::string_view bytes) {
    ASSERT_EQ(::send(file_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  /// Reads until `text` appeared `times` times, the peer closed, or ten seconds passed.
  std::string read_until(std::string_view text, int times = 1) {
    while (count(text) < times) {
      pollfd waiting{file_, POLLIN, 0};
      char bytes[4096];
      if (::poll(&waiting, 1, 10'000) <= 0) break;
      const ssize_t size = ::recv(file_, bytes, sizeof(bytes), 0);
      if (size <= 0) {
        closed_ = true;
        break;
      }
      got_.append(bytes, static_cast<std::size_t>(size));
    }
    return got_;
  }
  std::string read_all() { return read_until("\x01 never \x01"); }
  bool closed() const { return closed_; }

 private:
  int count(std::string_view text) const {
    int found = 0;
    for (auto at = got_.find(text); at != std::string::npos; at = got_.find(text, at + 1)) ++found;
    return found;
  }
  int file_;
  bool connected_ = false, closed_ = false;
  std::string got_;
};

HttpResponse echo(const HttpRequest& request) {
  if (request.path == "/throw") throw std::runtime_error("secret detail");
  return {.content_type = "text/plain",
          .body = request.method + " " + request.path + "?" + request.parameter("q") + " " +
                  request.body};
}

std::unique_ptr<HttpServer> start(HttpHandler handler, std::size_t max_body = 1 << 20) {
  auto server = start_http_server({.port = 0, .max_body_bytes = max_body}, std::move(handler));
  EXPECT_TRUE(server) << (server ? "" : base::describe(server.error()));
  return server ? std::move(*server) : nullptr;
}

TEST(HttpServer, KeepsAConnectionAndAnswersPipelinedRequestsInOrder) {
  const auto server = start(echo);
  Connection client(server->port());
  client.send(
      "GET /a?q=x%20y+z HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\n"
      "Content-Length: 4\r\n\r\nbodyGET /c HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string got = client.read_until("HTTP/1.1 200 OK", 3) + client.read_until("GET /c? ");
  const auto a = got.find("GET /a?x y z"), b = got.find("POST /b? body"), c = got.find("GET /c? ");
  ASSERT_NE(a, std::string::npos) << got;
  ASSERT_NE(b, std::string::npos) << got;
  EXPECT_LT(a, b);
  EXPECT_LT(b, c);
}

TEST(HttpServer, RefusesWhatIsTooLargeOrNoHttp) {
  const auto server = start(echo, 10);
  Connection large(server->port());
  large.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n12345678901");
  EXPECT_NE(large.read_all().find("413 Content Too Large"), std::string::npos);
  Connection nonsense(server->port());
  nonsense.send("nonsense\r\n\r\n");
  EXPECT_NE(nonsense.read_all().find("400 Bad Request"), std::string::npos);
  EXPECT_TRUE(nonsense.closed());
}

TEST(HttpServer, AHandlerThatThrowsTellsNothing) {
  const auto server = start(echo);
  Connection client(server->port());
  client.send("GET /throw HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string got = client.read_all();
  EXPECT_NE(got.find("500 Internal"), std::string::npos);
  EXPECT_EQ(got.find("secret"), std::string::npos);
}

TEST(HttpServer, AnswersExpectAndHead) {
  const auto server = start(echo);
  Connection client(server->port());
  client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  client.read_until("100 Continue");
  client.send("ok");
  EXPECT_NE(client.read_until("POST /x? ok").find("POST /x? ok"), std::string::npos);
  Connection head(server->port());
  head.send("HEAD /y HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string got = head.read_all();
  EXPECT_NE(got.find("Content-Length: 8"), std::string::npos) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\n"));
}

TEST(HttpServer, AHeaderValueCannotStartAnotherHeader) {
  const auto server = start([](const HttpRequest&) {
    HttpResponse response;
    response.headers = {{"X-Note", "a\r\nX-Evil: b"}};
    return response;
  });
  Connection client(server->port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read_all().find("\r\nX-Evil"), std::string::npos);
}

TEST(HttpServer, StreamsDoNotHoldUpRequests) {
  std::promise<void> go;
  const auto going = go.get_future().share();
  const auto server = start([going](const HttpRequest& request) {
    if (request.path != "/stream") return HttpResponse{.body = "quick"};
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.stream = [going, left = 2]() mutable -> std::optional<std::string> {
      if (left == 1) going.wait();
      return left-- > 0 ? std::optional<std::string>("data: x\n\n") : std::nullopt;
    };
    return response;
  });
  std::vector<std::unique_ptr<Connection>> readers;
  for (int i = 0; i < 8; ++i) {  // more than the server's threads
    readers.push_back(std::make_unique<Connection>(server->port()));
    readers.back()->send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    readers.back()->read_until("data: x");
  }
  Connection client(server->port());
  client.send("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.read_until("quick").find("quick"), std::string::npos);
  go.set_value();
  readers[0]->read_until("data: x", 2);
  readers[0]->read_all();
  EXPECT_TRUE(readers[0]->closed());
}

TEST(HttpServer, StopsWhileStreamsAndIdleConnectionsAreOpen) {
  auto server = start([](const HttpRequest&) {
    HttpResponse response;
    response.stream = [] { return std::optional<std::string>(""); };
    return response;
  });
  Connection streaming(server->port()), idle(server->port());
  streaming.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  streaming.read_until(": \n\n");
  const auto started = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(4));
  streaming.read_all();
  EXPECT_TRUE(streaming.closed());
}

TEST(HttpServer, AStopLetsAnAnswerInProgressArrive) {
  std::promise<void> entered, go;
  auto server = start([&entered, going = go.get_future().share()](const HttpRequest&) {
    entered.set_value();
    going.wait();
    return HttpResponse{.body = "finished"};
  });
  Connection client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  entered.get_future().wait();
  auto stopped = std::async(std::launch::async, [&server] { server.reset(); });
  go.set_value();
  EXPECT_NE(client.read_all().find("finished"), std::string::npos);
  stopped.wait();
}

TEST(HttpServer, ServesAnOwnersUnixSocketAndReplacesAStaleOne) {
  char folder[] = "/tmp/fulcrum-http-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/s.sock";
  std::atomic<bool> local = false;
  const auto handler = [&local](const HttpRequest& request) {
    local = request.from_unix_socket;
    return HttpResponse{.body = "here"};
  };
  for (int round = 0; round < 2; ++round) {
    const auto server = start_http_server({.unix_socket = path}, handler);
    ASSERT_TRUE(server);
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    Connection client(path);
    ASSERT_TRUE(client.connected());
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(client.read_until("here").find("here"), std::string::npos);
    EXPECT_TRUE(local);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  std::filesystem::remove_all(folder);
}

TEST(HttpServer, APortInUseIsAClearFailure) {
  const auto first = start(echo);
  const auto second = start_http_server({.port = first->port()}, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "http.listen");
  EXPECT_NE(second.error().fix.find("--port"), std::string::npos);
}

}  // namespace
}  // namespace fulcrum::http
