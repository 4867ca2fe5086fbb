#include "data/serving/record_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/files.h"
#include "base/hash.h"
#include "data/serving/offset_index.h"

namespace fulcrum::data::serving {

namespace {

/// Closes what it holds.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

base::Failure unreadable(const std::filesystem::path& file) {
  return base::failed("file.read", fmt::format("{}: {}", file.string(), std::strerror(errno)));
}

base::Failure no_index(const std::filesystem::path& path) {
  return base::failed(
      "serving.index",
      fmt::format("{}: no index can be made: {}", path.string(), std::strerror(errno)),
      "name another folder for indexes");
}

/// The header and mapping of an index that fits the data, or nothing.
base::Result<Mapping> existing_index(const std::filesystem::path& path, const IndexHeader& wanted) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return unreadable(path);
  TRY(Mapping mapping, Mapping::of(file.get(), path));
  IndexHeader header;
  if (mapping.bytes().size() < sizeof header) return no_index(path);
  std::memcpy(&header, mapping.bytes().data(), sizeof header);
  if (header.magic != wanted.magic || header.data_bytes != wanted.data_bytes ||
      header.modified_ns != wanted.modified_ns || header.format != wanted.format ||
      header.count > (mapping.bytes().size() - sizeof header) / 8 ||
      mapping.bytes().size() != sizeof header + 8 * (header.count + 1))
    return no_index(path);
  return mapping;
}

std::string temporary_name(const std::filesystem::path& folder) {
  return (folder / ".fulcrum-index-XXXXXX").string();
}

/// Makes the index; at `path` (through a rename, so that no reader sees a part), or without a name
/// when `path` is empty.
base::Result<Mapping> make_index(int data, const std::filesystem::path& name,
                                 const IndexHeader& header, std::uint64_t max_record_bytes,
                                 const std::filesystem::path& path) {
  std::error_code ignored;
  std::string temporary = temporary_name(
      path.empty() ? std::filesystem::temp_directory_path(ignored) : path.parent_path());
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) return no_index(temporary);
  const auto written = write_index(data, name, header, max_record_bytes, file.get());
  if (!written || path.empty()) {
    ::unlink(temporary.c_str());
    CHECK_OK(written);
  } else if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const auto failure = no_index(path);
    ::unlink(temporary.c_str());
    return failure;
  }
  return Mapping::of(file.get(), name);
}

/// One a data file, by its whole path.
std::filesystem::path index_path(const std::filesystem::path& folder,
                                 const std::filesystem::path& file) {
  const auto whole = std::filesystem::absolute(file).lexically_normal().string();
  return folder / fmt::format("{}-{}.index", file.filename().string(),
                              base::sha256_hex(whole).substr(0, 16));
}

}  // namespace

base::Result<RecordFormat> format_of(const std::filesystem::path& file) {
  const auto extension = file.extension();
  if (extension == ".jsonl" || extension == ".ndjson") return RecordFormat::kJsonl;
  if (extension == ".bin" || extension == ".records") return RecordFormat::kPrefixed;
  return base::usage(
      "serving.format", fmt::format("{}: not a file of records by its name", file.string()), "in",
      ".jsonl or .ndjson: a record a line; .bin or .records: uint32 length + record");
}

Mapping::~Mapping() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

Mapping::Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

base::Result<Mapping> Mapping::of(int descriptor, const std::filesystem::path& name) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return unreadable(name);
  Mapping mapping;
  if (status.st_size == 0) return mapping;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (start == MAP_FAILED) return unreadable(name);
  ::madvise(start, size, MADV_RANDOM);
  mapping.bytes_ = {static_cast<const char*>(start), size};
  return mapping;
}

base::Result<RecordFile> RecordFile::open(const std::filesystem::path& file,
                                          const OpenOptions& options) {
  RecordFile opened;
  TRY(opened.format_, format_of(file));
  const Descriptor data(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (data.get() < 0 || ::fstat(data.get(), &status) != 0) return unreadable(file);
  if (!S_ISREG(status.st_mode))
    return base::failed("file.read", fmt::format("{}: not a regular file", file.string()));
  IndexHeader header;
  header.data_bytes = static_cast<std::uint64_t>(status.st_size);
  header.modified_ns = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
  header.format = static_cast<std::uint64_t>(opened.format_);
  std::filesystem::path path;
  if (!options.index_folder.empty()) {
    CHECK_OK(base::make_folder(options.index_folder));
    path = index_path(options.index_folder, file);
  }
  auto index = path.empty() ? base::Result<Mapping>(no_index(path)) : existing_index(path, header);
  if (!index) index = make_index(data.get(), file, header, options.max_record_bytes, path);
  if (!index) return base::Failure(index.error());
  opened.index_ = std::move(*index);
  TRY(opened.data_, Mapping::of(data.get(), file));
  std::memcpy(&header, opened.index_.bytes().data(), sizeof header);
  if (opened.data_.bytes().size() != header.data_bytes)
    return base::failed("serving.truncated",
                        fmt::format("{}: changed while it was opened", file.string()));
  opened.offsets_ =
      reinterpret_cast<const std::uint64_t*>(opened.index_.bytes().data() + sizeof header);
  opened.count_ = header.count;
  if (opened.offsets_[header.count] != header.data_bytes)
    return base::failed("serving.index", fmt::format("{}: the index is damaged", path.string()),
                        "delete it; it is made anew");
  opened.content_hash_ = fmt::format("{:016x}{:016x}", header.hash_high, header.hash_low);
  return opened;
}

}  // namespace fulcrum::data::serving
