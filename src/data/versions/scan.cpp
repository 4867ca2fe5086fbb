#include "data/versions/scan.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "data/versions/parallel.h"

namespace fulcrum::data::versions {

namespace fs = std::filesystem;

namespace {

base::Failure cannot_read(const fs::path& path, const std::string& reason) {
  return base::failed("file.read", fmt::format("cannot read {}: {}", path.string(), reason));
}

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

base::Status look_at(ScannedFile& scanned) {
  struct stat facts {};
  const auto& [path, name] = scanned.file;
  if (::lstat(path.c_str(), &facts) != 0) return cannot_read(path, std::strerror(errno));
  scanned.sign = {static_cast<std::uint64_t>(facts.st_size), facts.st_ino, facts.st_dev,
                  nanoseconds(facts.st_mtim), nanoseconds(facts.st_ctim)};
  scanned.is_executable = S_ISREG(facts.st_mode) && (facts.st_mode & S_IXUSR) != 0;
  if (S_ISREG(facts.st_mode)) return {};
  if (S_ISDIR(facts.st_mode)) {
    scanned.kind = EntryKind::kFolder;
    return {};
  }
  if (!S_ISLNK(facts.st_mode))
    return base::refused("version.special",
                         fmt::format("{} is neither a file, a folder nor a link", path.string()),
                         "move it out of what is committed");
  scanned.kind = EntryKind::kLink;
  std::error_code error;
  scanned.link = fs::read_symlink(path, error).string();
  if (error) return cannot_read(path, error.message());
  if (!stays_inside(name, scanned.link))
    return base::refused(
        "version.link",
        fmt::format("the link {} leads out of the version, to {}", name, scanned.link),
        "a link is kept when it is relative and stays inside; put the file itself "
        "there, or leave the link out");
  return {};
}

/// Drops the folders that something is in: the next name in order begins with theirs and '/'.
void drop_filled_folders(std::vector<ScannedFile>& files) {
  std::vector<bool> drop(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].kind != EntryKind::kFolder) continue;
    const std::string inside = files[i].file.name + "/";
    const auto next = std::lower_bound(
        files.begin(), files.end(), inside,
        [](const ScannedFile& file, const std::string& name) { return file.file.name < name; });
    drop[i] = next != files.end() && next->file.name.starts_with(inside);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (drop[i]) continue;
    if (kept != i) files[kept] = std::move(files[i]);
    ++kept;
  }
  files.resize(kept);
}

}  // namespace

bool stays_inside(std::string_view path, std::string_view target) {
  if (target.empty() || target.front() == '/' || target.size() > kMaxPathBytes ||
      target.find('\0') != std::string_view::npos)
    return false;
  auto depth = std::count(path.begin(), path.end(), '/');
  for (;;) {
    const auto slash = target.find('/');
    const auto name = target.substr(0, slash);
    if (name == "..")
      --depth;
    else if (!name.empty() && name != ".")
      ++depth;
    if (depth < 0) return false;
    if (slash == std::string_view::npos) return true;
    target.remove_prefix(slash + 1);
  }
}

base::Result<std::vector<InputFile>> list_inputs(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (error) return cannot_read(path, error.message());
  if (!fs::is_directory(status)) return std::vector<InputFile>{{path, path.filename().string()}};
  std::vector<InputFile> files;
  const std::size_t skip = (path / "").string().size();
  fs::recursive_directory_iterator entry(path, error), end;
  // Stepping on may fail too, and a range-for would throw then.
  for (; !error && entry != end; entry.increment(error))
    files.push_back({entry->path(), entry->path().string().substr(skip)});
  if (error) return cannot_read(path, error.message());
  return files;
}

base::Result<std::vector<ScannedFile>> scan(std::vector<InputFile> files, unsigned threads) {
  std::sort(files.begin(), files.end(),
            [](const InputFile& a, const InputFile& b) { return a.name < b.name; });
  std::vector<ScannedFile> scanned(files.size());
  constexpr std::size_t kBlock = 512;
  CHECK_OK(for_each_in_parallel((files.size() + kBlock - 1) / kBlock, threads,
                                [&](std::size_t block) -> base::Status {
                                  const auto end = std::min(files.size(), (block + 1) * kBlock);
                                  for (std::size_t i = block * kBlock; i < end; ++i) {
                                    CHECK_OK(check_path(files[i].name));
                                    scanned[i].file = std::move(files[i]);
                                    CHECK_OK(look_at(scanned[i]));
                                  }
                                  return {};
                                }));
  for (std::size_t i = 1; i < scanned.size(); ++i)
    if (scanned[i].file.name == scanned[i - 1].file.name)
      return base::usage("version.twice",
                         fmt::format("two inputs have the name {}", scanned[i].file.name), "inputs",
                         "give each folder a name of its own");
  drop_filled_folders(scanned);
  return scanned;
}

std::int64_t file_system_now_ns(const fs::path& folder) {
  const fs::path probe = folder / fmt::format(".now-{}", static_cast<long>(::getpid()));
  const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return 0;
  struct stat facts {};
  const bool is_known = ::write(file, "x", 1) == 1 && ::fstat(file, &facts) == 0;
  ::close(file);
  ::unlink(probe.c_str());
  return is_known ? nanoseconds(facts.st_mtim) : 0;
}

}  // namespace fulcrum::data::versions
