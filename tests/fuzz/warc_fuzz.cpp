// data/web/warc.h and http_message.h: any bytes as an archive.
#include "data/web/warc.h"

#include <algorithm>
#include <cstring>

#include "data/web/http_message.h"
#include "fuzz/fuzz.h"

FUZZ(warc) {
  using namespace fulcrum;
  constexpr std::size_t kMost = 1U << 16;
  std::size_t at = 0;
  data::web::WarcReader reader(
      [&](char* out, std::size_t capacity) -> base::Result<std::size_t> {
        const std::size_t size = std::min(capacity, input.size() - at);
        std::memcpy(out, input.data() + at, size);
        at += size;
        return size;
      },
      "input", {.block_bytes = kMost, .record_bytes = 1U << 20, .checks_digests = true});
  data::web::WarcRecord record;
  // A record or a mistake takes bytes; unpacked, a byte may hold about a thousand.
  const std::size_t most_steps = 1100 * (input.size() + 10);
  for (std::size_t steps = 0;; ++steps) {
    fuzz::must(steps < most_steps, "reading ends");
    const auto more = reader.next(record);
    if (!more) {
      fuzz::must(!more.error().field.empty(), "a mistake has a place");
      continue;
    }
    if (!*more) break;
    fuzz::must(record.offset <= input.size(), "a record begins in the file");
    fuzz::must(record.block.size() <= kMost, "a block is bounded");
    const auto response = data::web::parse_response(record.block);
    if (!response) continue;
    const auto payload = data::web::payload_of(*response, kMost);
    fuzz::must(!payload || payload->bytes.size() <= kMost, "a payload is bounded");
  }
}
