// base/text_reader.h: lines of plain and gzip files.
#include <zlib.h>

#include <vector>

#include "base/text_reader.h"
#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"

namespace {

using namespace fulcrum;

std::vector<std::string> lines_of(std::string_view content, std::string& damaged) {
  const fuzz::MemoryFile file(content);
  auto reader = base::LineReader::open(file.path());
  fuzz::must(reader.has_value(), "the file opens");
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  for (std::string line; bytes < (8U << 20) && reader->next(line);) {
    fuzz::must(line.size() <= base::LineReader::kMaxLineBytes, "a line is bounded");
    bytes += line.size() + 1;
    lines.push_back(line);
  }
  fuzz::must(reader->line_number() == static_cast<std::int64_t>(lines.size()), "lines are counted");
  damaged = reader->damaged();
  return lines;
}

std::string zipped(std::string_view text) {
  z_stream stream{};
  fuzz::must(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  fuzz::must(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

FUZZ(gzip) {
  std::string damaged;
  const auto lines = lines_of(input, damaged);
  if (input.starts_with("\x1f\x8b")) return;
  fuzz::must(damaged.empty(), "plain text is never damaged");
  fuzz::must(lines_of(zipped(input), damaged) == lines && damaged.empty(),
             "a packed file has the same lines");
}
