#include "data/row_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/files.h"

namespace fulcrum::data {

namespace json = base::json;

namespace {
constexpr std::size_t kPendingBytes = 1U << 20;

base::Failure failure(const std::filesystem::path& path) {
  return base::failed("file.write",
                      fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}
}  // namespace

base::Result<RowFile> RowFile::open(const std::filesystem::path& raw,
                                    const std::filesystem::path& work) {
  CHECK_OK(base::make_folder(raw));
  RowFile rows;
  rows.path_ = raw / "rows.jsonl";
  rows.checkpoint_path_ = work / "checkpoint.json";
  if (base::file_exists(rows.checkpoint_path_)) {
    TRY(const std::string text, base::read_file(rows.checkpoint_path_));
    TRY(const json::value saved, base::parse_json(text, "checkpoint.json"));
    rows.bytes_ = base::get_integer(saved, "bytes");
    rows.records_ = base::get_integer(saved, "records");
    if (const auto* state = base::find_path(saved, "state")) rows.state_ = *state;
  }
  rows.file_ = ::open(rows.path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (rows.file_ < 0 || ::ftruncate(rows.file_, rows.bytes_) != 0 ||
      ::lseek(rows.file_, 0, SEEK_END) != rows.bytes_)
    return failure(rows.path_);
  return rows;
}

RowFile::RowFile(RowFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      path_(std::move(other.path_)),
      checkpoint_path_(std::move(other.checkpoint_path_)),
      pending_(std::move(other.pending_)),
      bytes_(other.bytes_),
      records_(other.records_),
      state_(std::move(other.state_)) {}

RowFile::~RowFile() {
  if (file_ >= 0) ::close(file_);
}

base::Status RowFile::append(const json::value& row) {
  pending_ += base::to_text(row);
  pending_ += '\n';
  ++records_;
  return pending_.size() < kPendingBytes ? base::Status{} : flush();
}

base::Status RowFile::flush() {
  std::string_view left = pending_;
  while (!left.empty()) {
    const ssize_t written = ::write(file_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failure(path_);
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  bytes_ += static_cast<std::int64_t>(pending_.size());
  pending_.clear();
  return {};
}

base::Status RowFile::checkpoint(const json::object& state) {
  CHECK_OK(flush());
  if (::fdatasync(file_) != 0) return failure(path_);
  state_ = state;
  return base::write_file(
      checkpoint_path_,
      base::to_text(json::object{{"bytes", bytes_}, {"records", records_}, {"state", state}}));
}

}  // namespace fulcrum::data
