#pragma once
// Runs the built program with a home of its own.
#include <sys/types.h>

#include <string>
#include <vector>

namespace fulcrum::tests {

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// A fresh folder, removed at the end.
class TemporaryHome {
 public:
  TemporaryHome();
  ~TemporaryHome();
  TemporaryHome(const TemporaryHome&) = delete;
  TemporaryHome& operator=(const TemporaryHome&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// bin/fulcrum --home HOME words…, in English unless words say otherwise.
Ran run(const std::string& home, const std::vector<std::string>& words,
        const std::string& input = {});

/// `fulcrum up --port 0 --json` in the background until destroyed (SIGTERM).
class Server {
 public:
  explicit Server(const std::string& home);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  const std::string& line() const { return line_; }  // what it printed
  const std::string& url() const { return url_; }
  const std::string& token() const { return token_; }
  /// Sends SIGTERM and returns the exit code.
  int stop();

 private:
  pid_t process_ = -1;
  int out_ = -1;
  std::string line_, url_, token_;
};

struct HttpAnswer {
  long status = 0;
  std::string body;
};
/// `seen` non-empty: stops once the body contains it (streams).
HttpAnswer http(const std::string& method, const std::string& url, const std::string& token = {},
                const std::string& body = {}, const std::vector<std::string>& headers = {},
                const std::string& seen = {});

}  // namespace fulcrum::tests
