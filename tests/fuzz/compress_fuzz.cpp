// base/compress.h: frames of snapshots and of sealed sample chunks.
#include "base/compress.h"

#include "fuzz/fuzz.h"

FUZZ(compress) {
  using namespace fulcrum;
  constexpr std::uint64_t kMost = 1 << 20;
  if (const auto bytes = base::decompress(input, kMost)) {
    fuzz::must(bytes->size() <= kMost, "no more bytes than allowed");
    const auto frame = base::compress(*bytes);
    fuzz::must(frame && base::decompress(*frame, kMost) == *bytes, "what was read can be written");
  }
  const auto frame = base::compress(input, 1);
  fuzz::must(frame && base::decompress(*frame, input.size()) == std::string(input),
             "what was written can be read");
  if (!input.empty())
    fuzz::must(!base::decompress(*frame, input.size() - 1), "a frame above the limit is refused");
}
