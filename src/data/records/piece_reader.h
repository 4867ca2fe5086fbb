#pragma once
// Inputs cut into pieces of about the same size, in order. The cuts depend on the bytes alone,
// never on who reads or how fast, so that work can be shared, repeated and resumed.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/records/byte_source.h"
#include "data/records/format.h"

namespace fulcrum::data {

struct Input {
  std::filesystem::path path;
  const Format* format = nullptr;
};

/// Where the next piece starts.
struct PiecePosition {
  std::uint32_t file = 0;
  std::uint64_t byte = 0;  // decompressed
  std::uint64_t line = 1;
};

struct PieceLimits {
  std::size_t piece_bytes = 1U << 20;
  std::size_t record_bytes = 64U << 20;  // a longer record is passed over and reported
};

/// Not thread-safe.
class PieceReader {
 public:
  PieceReader(std::vector<Input> inputs, PieceLimits limits)
      : inputs_(std::move(inputs)), limits_(limits) {}

  /// The next piece is the one from there.
  void seek(const PiecePosition& position);
  /// False behind the last input. Fails as ByteSource, when all that could be read of the file has
  /// been given, as Format::head_bytes(), and with `record.too_large` (field FILE:LINE) where a
  /// record passes the limit. The next call goes on with the next file, or behind the record.
  base::Result<bool> next(Piece& piece);
  const PiecePosition& position() const { return at_; }
  const std::vector<Input>& inputs() const { return inputs_; }

 private:
  base::Status open();
  base::Status read_head();
  void fill();
  base::Failure too_large();
  void take(std::size_t bytes, Piece& piece);

  std::vector<Input> inputs_;
  PieceLimits limits_;
  PiecePosition at_;
  std::unique_ptr<ByteSource> source_;
  std::string head_;   // of the file; no part of its pieces
  std::string ahead_;  // read, not given yet
  bool ended_ = false;
  std::optional<base::Error> damage_;  // why the file ended early
};

/// A file, or every file of a folder whose format is known, by name. Fails with `file.read`,
/// `input.empty`, `format.unknown`.
base::Result<std::vector<Input>> list_inputs(const std::vector<std::filesystem::path>& paths,
                                             const std::string& format_name);

}  // namespace fulcrum::data
