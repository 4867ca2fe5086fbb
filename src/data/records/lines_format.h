#pragma once
// What formats of one record a line share.
#include "data/records/format.h"

namespace fulcrum::data {

/// Behind the last '\n', or everything at the end of the file.
std::size_t cut_after_line(std::string_view bytes, std::size_t scanned, bool at_end);

/// Walks over the lines of a piece.
class PieceLines {
 public:
  void start(const Piece& piece);
  /// The next line without its end (LF or CRLF); false behind the last.
  bool next(std::string_view& line);
  RecordPlace place() const { return {file_, line_}; }

 private:
  std::string_view rest_;
  std::uint32_t file_ = 0;
  std::uint64_t line_ = 0, next_line_ = 1;
};

}  // namespace fulcrum::data
