#include "data/records/lines_format.h"

namespace fulcrum::data {

std::size_t cut_after_line(std::string_view bytes, std::size_t scanned, bool at_end) {
  if (at_end) return bytes.size();
  const auto last = bytes.substr(scanned).rfind('\n');
  return last == std::string_view::npos ? 0 : scanned + last + 1;
}

void PieceLines::start(const Piece& piece) {
  rest_ = piece.content();
  file_ = piece.file;
  next_line_ = piece.first_line;
}

bool PieceLines::next(std::string_view& line) {
  if (rest_.empty()) return false;
  const auto end = rest_.find('\n');
  line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  line_ = next_line_++;
  return true;
}

}  // namespace fulcrum::data
