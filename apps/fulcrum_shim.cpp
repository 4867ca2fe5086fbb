// fulcrum-shim FOLDER READY_FD: stands over one job. Started by the local executor, never by hand.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "exec/shim/shim.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int ready = std::atoi(argv[2]);
  ::fcntl(ready, F_SETFD, FD_CLOEXEC);
  // The starter waits for this first process only; the shim itself belongs to init.
  const pid_t child = ::fork();
  if (child != 0) ::_exit(child < 0 ? 1 : 0);
  return fulcrum::exec::shim::run(argv[1], ready);
}
