#pragma once
// Bytes as a file that needs no disk: parsers that open paths are fuzzed at the speed of memory.
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "fuzz/fuzz.h"

namespace fulcrum::fuzz {

class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content) : file_(::memfd_create("fuzz", 0)) {
    must(file_ >= 0 &&
             ::write(file_, content.data(), content.size()) == static_cast<ssize_t>(content.size()),
         "a file in memory");
  }
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

}  // namespace fulcrum::fuzz
