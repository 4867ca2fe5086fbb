#include "base/compress.h"

#include <zstd.h>

namespace fulcrum::base {

Result<std::string> compress(std::string_view bytes, int level) {
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(size)) return failed("compress.failed", ZSTD_getErrorName(size));
  frame.resize(size);
  return frame;
}

Result<std::string> decompress(std::string_view frame, std::uint64_t max_bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > max_bytes)
    return failed("compress.damaged", "not a zstd frame of the expected size");
  std::string bytes(size, '\0');
  const std::size_t written =
      ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(written) || written != size)
    return failed("compress.damaged", "the zstd frame cannot be decompressed");
  return bytes;
}

}  // namespace fulcrum::base
