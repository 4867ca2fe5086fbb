#include "cli/run_program.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "base/json.h"

namespace fulcrum::tests {

namespace {

struct Pipes {
  int in[2], out[2], err[2];
};

pid_t spawn(const std::string& home, const std::vector<std::string>& words, Pipes& pipes) {
  for (int* ends : {pipes.in, pipes.out, pipes.err}) EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  std::vector<std::string> all = {FULCRUM_BIN_DIR "/fulcrum", "--home", home};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (auto& word : all) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  char path[] = "PATH=/usr/bin:/bin", language[] = "LC_ALL=C.UTF-8";
  // A test that sets a token means it for the program; nothing else is handed on.
  const char* set = std::getenv("FULCRUM_TOKEN");
  std::string token = std::string("FULCRUM_TOKEN=") + (set ? set : "");
  char* environment[] = {path, language, token.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipes.in[0], 0);
  posix_spawn_file_actions_adddup2(&actions, pipes.out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipes.err[1], 2);
  pid_t process = -1;
  EXPECT_EQ(::posix_spawn(&process, arguments[0], &actions, nullptr, arguments.data(), environment),
            0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipes.in[0]);
  ::close(pipes.out[1]);
  ::close(pipes.err[1]);
  return process;
}

int exit_code_of(pid_t process) {
  int status = 0;
  ::waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct Received {
  std::string body, until;
};

std::size_t receive(char* data, std::size_t size, std::size_t count, void* out) {
  auto& received = *static_cast<Received*>(out);
  received.body.append(data, size * count);
  const bool enough =
      !received.until.empty() && received.body.find(received.until) != std::string::npos;
  return enough ? 0 : size * count;
}

}  // namespace

TemporaryHome::TemporaryHome() {
  char folder[] = "/tmp/fulcrum-cli-XXXXXX";
  EXPECT_NE(::mkdtemp(folder), nullptr);
  path_ = folder;
}

TemporaryHome::~TemporaryHome() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Ran run(const std::string& home, const std::vector<std::string>& words, const std::string& input) {
  Pipes pipes;
  const pid_t process = spawn(home, words, pipes);
  EXPECT_EQ(::write(pipes.in[1], input.data(), input.size()), static_cast<ssize_t>(input.size()));
  ::close(pipes.in[1]);
  Ran ran;
  pollfd waiting[] = {{pipes.out[0], POLLIN, 0}, {pipes.err[0], POLLIN, 0}};
  std::string* texts[] = {&ran.out, &ran.err};
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    if (::poll(waiting, 2, 60'000) <= 0) {
      ADD_FAILURE() << "the program does not end";
      ::kill(process, SIGKILL);
      break;
    }
    for (int i = 0; i < 2; ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      char bytes[4096];
      const ssize_t size = ::read(waiting[i].fd, bytes, sizeof(bytes));
      if (size > 0) {
        texts[i]->append(bytes, static_cast<std::size_t>(size));
      } else {
        waiting[i].fd = -1;
      }
    }
  }
  ::close(pipes.out[0]);
  ::close(pipes.err[0]);
  ran.exit_code = exit_code_of(process);
  return ran;
}

Server::Server(const std::string& home) {
  Pipes pipes;
  process_ = spawn(home, {"up", "--port", "0", "--json"}, pipes);
  ::close(pipes.in[1]);
  out_ = pipes.out[0];
  for (char c = 0; ::read(out_, &c, 1) == 1 && c != '\n';) line_ += c;
  if (line_.empty()) {
    std::string error(4096, '\0');
    const ssize_t size = ::read(pipes.err[0], error.data(), error.size());
    ADD_FAILURE() << "no server: "
                  << error.substr(0, size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  ::close(pipes.err[0]);
  if (const auto ready = base::parse_json(line_, "line")) {
    url_ = base::get_string(*ready, "url");
    token_ = base::get_string(*ready, "token");
  }
}

Server::~Server() {
  stop();
}

int Server::stop() {
  if (process_ < 0) return 0;
  ::kill(process_, SIGTERM);
  const int code = exit_code_of(process_);
  process_ = -1;
  ::close(out_);
  return code;
}

HttpAnswer http(const std::string& method, const std::string& url, const std::string& token,
                const std::string& body, const std::vector<std::string>& headers,
                const std::string& seen) {
  CURL* curl = curl_easy_init();
  Received received{{}, seen};
  curl_slist* list = nullptr;
  for (const auto& header : headers) list = curl_slist_append(list, header.c_str());
  if (!token.empty()) list = curl_slist_append(list, ("Authorization: Bearer " + token).c_str());
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
  if (method == "POST") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  }
  curl_easy_perform(curl);
  HttpAnswer answer;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  answer.body = std::move(received.body);
  curl_slist_free_all(list);
  curl_easy_cleanup(curl);
  return answer;
}

}  // namespace fulcrum::tests
