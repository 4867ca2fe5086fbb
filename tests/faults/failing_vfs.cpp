#include "faults/failing_vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <mutex>

namespace fulcrum::test {

namespace {

struct Plan {
  std::mutex mutex;
  bool is_armed = false;
  bool stays = false;
  bool has_failed = false;
  Fault fault = Fault::kWriteError;
  std::uint64_t left = 0;
};
Plan plan;

/// Counts an operation and says whether it is to fail.
bool fails(bool is_sync) {
  const std::lock_guard lock(plan.mutex);
  if (!plan.is_armed || is_sync != (plan.fault == Fault::kSyncError)) return false;
  if (plan.left > 1) {
    --plan.left;
    return false;
  }
  if (plan.has_failed && !plan.stays) return false;
  plan.has_failed = true;
  return true;
}

/// The system's file follows this header in memory.
struct File {
  sqlite3_file base;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<File*>(file)->real();
}
const sqlite3_io_methods* methods(sqlite3_file* file) {
  return real(file)->pMethods;
}

int file_close(sqlite3_file* f) {
  return methods(f)->xClose(real(f));
}
int file_read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
  return methods(f)->xRead(real(f), to, size, at);
}
int file_write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  if (!fails(false)) return methods(f)->xWrite(real(f), from, size, at);
  if (plan.fault == Fault::kDiskFull) return SQLITE_FULL;
  if (plan.fault == Fault::kTornWrite && size > 1) methods(f)->xWrite(real(f), from, size / 2, at);
  return SQLITE_IOERR_WRITE;
}
int file_truncate(sqlite3_file* f, sqlite3_int64 size) {
  return methods(f)->xTruncate(real(f), size);
}
int file_sync(sqlite3_file* f, int flags) {
  return fails(true) ? SQLITE_IOERR_FSYNC : methods(f)->xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
  return methods(f)->xFileSize(real(f), size);
}
int file_lock(sqlite3_file* f, int level) {
  return methods(f)->xLock(real(f), level);
}
int file_unlock(sqlite3_file* f, int level) {
  return methods(f)->xUnlock(real(f), level);
}
int file_check_lock(sqlite3_file* f, int* out) {
  return methods(f)->xCheckReservedLock(real(f), out);
}
int file_control(sqlite3_file* f, int op, void* argument) {
  return methods(f)->xFileControl(real(f), op, argument);
}
int file_sector(sqlite3_file* f) {
  return methods(f)->xSectorSize(real(f));
}
int file_traits(sqlite3_file* f) {
  return methods(f)->xDeviceCharacteristics(real(f));
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return methods(f)->xShmMap(real(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int count, int flags) {
  return methods(f)->xShmLock(real(f), offset, count, flags);
}
void shm_barrier(sqlite3_file* f) {
  methods(f)->xShmBarrier(real(f));
}
int shm_unmap(sqlite3_file* f, int remove) {
  return methods(f)->xShmUnmap(real(f), remove);
}

// Version 2: without memory mapping, so that every write is seen.
const sqlite3_io_methods kMethods = {
    2,         file_close,  file_read,       file_write,   file_truncate, file_sync,   file_size,
    file_lock, file_unlock, file_check_lock, file_control, file_sector,   file_traits, shm_map,
    shm_lock,  shm_barrier, shm_unmap,       nullptr,      nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  auto* system = static_cast<sqlite3_vfs*>(vfs->pAppData);
  auto* file = reinterpret_cast<File*>(out);
  file->base.pMethods = nullptr;
  const int code = system->xOpen(system, name, file->real(), flags, out_flags);
  if (code == SQLITE_OK) file->base.pMethods = &kMethods;
  return code;
}

}  // namespace

std::string fault_name(Fault fault) {
  switch (fault) {
    case Fault::kDiskFull:
      return "disk_full";
    case Fault::kWriteError:
      return "write_error";
    case Fault::kTornWrite:
      return "torn_write";
    case Fault::kSyncError:
      return "sync_error";
  }
  return "?";
}

FailingDisk& FailingDisk::instance() {
  static FailingDisk disk;
  static const bool registered = [] {
    static sqlite3_vfs vfs;
    sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    vfs = *system;
    vfs.szOsFile = static_cast<int>(sizeof(File)) + system->szOsFile;
    vfs.zName = "failing";
    vfs.pAppData = system;
    vfs.xOpen = open_file;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
  }();
  (void)registered;
  return disk;
}

std::string FailingDisk::uri(const std::string& path) {
  return "file:" + path + "?vfs=failing";
}

void FailingDisk::fail(Fault fault, std::uint64_t nth, bool stays) {
  const std::lock_guard lock(plan.mutex);
  plan.is_armed = true;
  plan.stays = stays;
  plan.has_failed = false;
  plan.fault = fault;
  plan.left = nth;
}

void FailingDisk::heal() {
  const std::lock_guard lock(plan.mutex);
  plan.is_armed = false;
}

bool FailingDisk::has_failed() const {
  const std::lock_guard lock(plan.mutex);
  return plan.has_failed;
}

}  // namespace fulcrum::test
