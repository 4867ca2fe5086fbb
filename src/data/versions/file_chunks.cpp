#include "data/versions/file_chunks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "data/versions/parallel.h"
#include "data/versions/tree_store.h"

namespace fulcrum::data::versions {

namespace {

constexpr std::size_t kBlockBytes = 8U << 20;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

/// One large file on its way into chunks: a window of bytes moves over it.
class LargeFile {
 public:
  LargeFile(ChunkStore& chunks, Entry& entry, unsigned threads)
      : chunks_(chunks),
        entry_(entry),
        threads_(threads),
        records_(records_of_name(entry.path)),
        whole_(records_, ',') {}

  base::Status run(SourceFile& file, const std::function<void(std::uint64_t)>& on_bytes) {
    const std::size_t ahead = look_ahead(records_);
    while (!at_end_) {
      while (!at_end_ && window_.size() < kBlockBytes + ahead) {
        TRY(const std::size_t got, file.read(window_, kBlockBytes + ahead - window_.size()));
        at_end_ = got == 0;
      }
      if (entry_.bytes == 0) begin_table();
      CHECK_OK(store_block(ahead));
      on_bytes(entry_.bytes);
    }
    entry_.hash = hash_.finish();
    entry_.records = whole_.records();
    if (is_table_) entry_.table = table_text(whole_, records_, delimiter_);
    TRY(entry_.content, write_content(chunks_, std::move(refs_)));
    return {};
  }

 private:
  /// CSV: the header names the columns before any part is looked at.
  void begin_table() {
    is_table_ = records_ != Records::kNone;
    if (records_ != Records::kCsv) return;
    std::string_view rest = window_;
    const auto header = take_record(rest, records_);
    delimiter_ = header ? delimiter_of(*header) : ',';
    whole_ = SchemaCounter(records_, delimiter_);
    is_table_ = header && header->size() < kMaxRecordBytes && whole_.set_header(*header);
    header_bytes_ = is_table_ ? window_.size() - rest.size() : 0;
  }

  base::Status store_block(std::size_t ahead) {
    std::vector<std::string_view> parts;
    std::string_view rest = window_;
    while (!rest.empty() && (at_end_ || rest.size() >= ahead)) {
      const std::size_t size = first_chunk(rest, records_);
      parts.push_back(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    std::vector<Ref> refs(parts.size());
    std::vector<SchemaCounter> counters(parts.size(), whole_.empty_copy());
    const std::string_view block(window_.data(), window_.size() - rest.size());
    // The whole file's hash is one item of work beside its chunks.
    CHECK_OK(for_each_in_parallel(parts.size() + 1, threads_, [&](std::size_t i) -> base::Status {
      if (i == 0) {
        hash_.update(block);
        return {};
      }
      const auto part = parts[i - 1];
      TRY(refs[i - 1].id, chunks_.put(part));
      refs[i - 1].bytes = part.size();
      if (!is_table_) return {};
      const bool is_first = entry_.bytes == 0 && i == 1;
      counters[i - 1].add(is_first ? part.substr(std::min(header_bytes_, part.size())) : part);
      return {};
    }));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      refs[i].records = is_table_ ? counters[i].records() : 0;
      whole_.merge(counters[i]);
      const bool is_last = at_end_ && rest.empty() && i + 1 == parts.size();
      if (!is_last && !ends_record(parts[i])) is_table_ = false;
    }
    refs_.insert(refs_.end(), refs.begin(), refs.end());
    entry_.bytes += block.size();
    window_.erase(0, block.size());
    return {};
  }

  bool ends_record(std::string_view part) const {
    return part.ends_with('\n') &&
           (records_ != Records::kCsv || std::count(part.begin(), part.end(), '"') % 2 == 0);
  }

  ChunkStore& chunks_;
  Entry& entry_;
  unsigned threads_;
  Records records_;
  char delimiter_ = ',';
  SchemaCounter whole_;
  bool is_table_ = false, at_end_ = false;
  std::size_t header_bytes_ = 0;
  std::string window_;
  std::vector<Ref> refs_;
  base::Sha256 hash_;
};

}  // namespace

base::Result<SourceFile> SourceFile::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0)
    return base::failed("file.read",
                        fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  return SourceFile(file, path);
}

SourceFile::SourceFile(SourceFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)) {}

SourceFile::~SourceFile() {
  if (file_ >= 0) ::close(file_);
}

base::Result<std::size_t> SourceFile::read(std::string& into, std::size_t bytes) {
  const std::size_t before = into.size();
  into.resize(before + bytes);
  ssize_t got = 0;
  do {
    got = ::read(file_, into.data() + before, bytes);
  } while (got < 0 && errno == EINTR);
  into.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0)
    return base::failed("file.read",
                        fmt::format("cannot read {}: {}", path_.string(), std::strerror(errno)));
  return static_cast<std::size_t>(got);
}

FileSign SourceFile::sign() const {
  struct stat facts {};
  if (::fstat(file_, &facts) != 0) return {};
  return {static_cast<std::uint64_t>(facts.st_size), facts.st_ino, facts.st_dev,
          nanoseconds(facts.st_mtim), nanoseconds(facts.st_ctim)};
}

base::Status store_large_file(ChunkStore& chunks, SourceFile& file, unsigned threads, Entry& entry,
                              const std::function<void(std::uint64_t)>& on_bytes) {
  return LargeFile(chunks, entry, threads).run(file, on_bytes);
}

void describe_small_table(std::string_view content, Entry& entry) {
  const Records records = records_of_name(entry.path);
  if (records == Records::kNone || content.empty()) return;
  char delimiter = ',';
  std::string_view rest = content;
  SchemaCounter counter(records, delimiter);
  if (records == Records::kCsv) {
    const auto header = take_record(rest, records);
    if (!header) return;
    delimiter = delimiter_of(*header);
    counter = SchemaCounter(records, delimiter);
    if (!counter.set_header(*header)) return;
  }
  counter.add(rest);
  entry.records = counter.records();
  entry.table = table_text(counter, records, delimiter);
}

std::string table_text(const SchemaCounter& counter, Records records, char delimiter) {
  if (counter.misfits() * 10 > counter.records()) return {};
  const TableInfo info{records, delimiter, {}, counter.columns()};
  std::string text = encode_table(info);
  if (text.size() > kMaxTableBytes || decode_table(text) != info) return {};
  return text;
}

}  // namespace fulcrum::data::versions
