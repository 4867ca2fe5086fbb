#pragma once
// A disk that fails on demand: an SQLite VFS over the system's, through which the n-th write or
// sync fails.
#include <cstdint>
#include <string>

namespace fulcrum::test {

enum class Fault {
  kDiskFull,    // writes nothing, SQLITE_FULL
  kWriteError,  // writes nothing, SQLITE_IOERR_WRITE
  kTornWrite,   // writes the first half, then SQLITE_IOERR_WRITE
  kSyncError,   // SQLITE_IOERR_FSYNC; counts syncs instead of writes
};
std::string fault_name(Fault fault);

class FailingDisk {
 public:
  /// Registers the VFS "failing" once per process.
  static FailingDisk& instance();
  /// An SQLite URI for a file on this disk.
  static std::string uri(const std::string& path);
  /// The `nth` write (or sync) from now fails, and, when `stays`, every later one.
  void fail(Fault fault, std::uint64_t nth, bool stays);
  void heal();
  bool has_failed() const;
};

}  // namespace fulcrum::test
