#pragma once
// One zstd frame (RFC 8878) at a time: snapshots, sealed sample chunks.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fulcrum::base {

/// Fails with `compress.failed`, which only lack of memory brings about.
Result<std::string> compress(std::string_view bytes, int level = 3);
/// Fails with `compress.damaged` for anything but one whole frame whose content is at most
/// `max_bytes`.
Result<std::string> decompress(std::string_view frame, std::uint64_t max_bytes);

}  // namespace fulcrum::base
