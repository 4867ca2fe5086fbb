#include "data/records/piece_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "data/records/json_line.h"

namespace fulcrum::data {

base::Status PieceReader::open() {
  if (source_ || at_.file >= inputs_.size()) return {};
  TRY(source_, open_bytes(inputs_[at_.file].path));
  ahead_.clear();
  ended_ = false;
  damage_.reset();
  CHECK_OK(read_head());
  if (at_.byte == 0) {
    at_.byte = head_.size();
    at_.line += static_cast<std::uint64_t>(std::count(head_.begin(), head_.end(), '\n'));
    ahead_.erase(0, head_.size());
    return {};
  }
  if (at_.byte <= ahead_.size()) {
    ahead_.erase(0, at_.byte);
    return {};
  }
  const std::uint64_t behind = at_.byte - ahead_.size();
  ahead_.clear();
  return source_->skip(behind);
}

base::Status PieceReader::read_head() {
  const Format& format = *inputs_[at_.file].format;
  head_.clear();
  for (;;) {
    TRY(const auto bytes, format.head_bytes(ahead_, ended_));
    if (bytes) {
      head_.assign(ahead_, 0, *bytes);
      return {};
    }
    if (ahead_.size() > limits_.record_bytes) return too_large();
    fill();
  }
}

void PieceReader::seek(const PiecePosition& position) {
  at_ = position;
  source_.reset();
}

void PieceReader::fill() {
  auto any = source_->read(ahead_, std::max<std::size_t>(limits_.piece_bytes, 4096));
  if (!any) damage_ = std::move(any).error();
  ended_ = damage_ || !*any;
}

void PieceReader::take(std::size_t bytes, Piece& piece) {
  piece.bytes.assign(ahead_, 0, bytes);
  piece.bytes.append(kLinePaddingBytes, '\0');
  piece.size = bytes;
  piece.head = head_;
  piece.file = at_.file;
  piece.file_name = inputs_[at_.file].path.filename().string();
  piece.first_line = at_.line;
  const auto lines = std::count(ahead_.data(), ahead_.data() + bytes, '\n');
  ahead_.erase(0, bytes);
  at_.byte += bytes;
  at_.line += static_cast<std::uint64_t>(lines);
}

base::Failure PieceReader::too_large() {
  const std::string where = fmt::format("{}:{}", inputs_[at_.file].path.string(), at_.line);
  // Lines end records in every format that can be cut; where none follows, the file ends.
  for (;;) {
    const auto end = ahead_.find('\n');
    const std::size_t gone = end == std::string::npos ? ahead_.size() : end + 1;
    ahead_.erase(0, gone);
    at_.byte += gone;
    if (end != std::string::npos) {
      ++at_.line;
      break;
    }
    if (ended_) break;
    fill();
  }
  return base::Failure(
      base::Error{base::ErrorKind::kFailed, "record.too_large",
                  fmt::format("the record is longer than {} MiB", limits_.record_bytes >> 20),
                  where, "raise max_record_mb, or skip bad records"});
}

base::Result<bool> PieceReader::next(Piece& piece) {
  while (at_.file < inputs_.size()) {
    if (auto opened = open(); !opened) {
      source_.reset();
      at_ = {.file = at_.file + 1};
      return base::Failure(std::move(opened).error());
    }
    const Format& format = *inputs_[at_.file].format;
    // What is looked at depends on where the piece starts, not on how much happens to be read.
    for (std::size_t scanned = 0, window = limits_.piece_bytes;; window += limits_.piece_bytes) {
      while (ahead_.size() < window && !ended_) fill();
      const bool is_all = ended_ && ahead_.size() <= window;
      const auto seen = std::string_view(ahead_).substr(0, window);
      const std::size_t bytes = format.cut(head_, seen, scanned, is_all);
      if (bytes > 0) {
        take(bytes, piece);
        return true;
      }
      if (is_all) break;
      scanned = seen.size();
      if (scanned > limits_.record_bytes) return too_large();
    }
    source_.reset();
    at_ = {.file = at_.file + 1};
    if (damage_) return base::Failure(*std::exchange(damage_, std::nullopt));
  }
  return false;
}

base::Result<std::vector<Input>> list_inputs(const std::vector<std::filesystem::path>& paths,
                                             const std::string& format_name) {
  std::vector<Input> inputs;
  const auto add = [&](const std::filesystem::path& path, bool must) -> base::Status {
    auto format =
        format_name.empty() ? format_of(path.filename().string()) : find_format(format_name);
    if (format) inputs.push_back({path, *format});
    if (!format && must) return base::Failure(std::move(format).error());
    return {};
  };
  for (const auto& path : paths) {
    std::error_code code;
    if (!std::filesystem::is_directory(path, code)) {
      CHECK_OK(add(path, true));
      continue;
    }
    std::vector<std::filesystem::path> files;
    for (std::filesystem::recursive_directory_iterator it(path, code), end; !code && it != end;
         it.increment(code))
      if (it->is_regular_file(code)) files.push_back(it->path());
    if (code)
      return base::failed("file.read",
                          fmt::format("cannot list {}: {}", path.string(), code.message()));
    std::sort(files.begin(), files.end());
    for (const auto& file : files) CHECK_OK(add(file, false));
  }
  if (inputs.empty())
    return base::usage("input.empty", "there is no input file of a known format", "in",
                       "name files, or a folder that holds some");
  return inputs;
}

}  // namespace fulcrum::data
