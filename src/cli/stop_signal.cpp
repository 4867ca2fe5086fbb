#include "cli/stop_signal.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>

namespace fulcrum::cli {

namespace {

int pipe_files[2] = {-1, -1};

void on_signal(int) {
  const char byte = 1;
  if (::write(pipe_files[1], &byte, 1) < 0) {
    // The pipe is full: a stop has long been asked for.
  }
}

bool readable(int timeout_ms) {
  pollfd waiting{pipe_files[0], POLLIN, 0};
  return ::poll(&waiting, 1, timeout_ms) > 0;
}

}  // namespace

StopSignal::StopSignal() {
  if (pipe_files[0] < 0 && ::pipe2(pipe_files, O_CLOEXEC | O_NONBLOCK) != 0) return;
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
}

void StopSignal::wait() const {
  while (!readable(-1)) {
  }
}

bool StopSignal::came() const {
  return readable(0);
}

}  // namespace fulcrum::cli
