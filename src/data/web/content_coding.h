#pragma once
// HTTP's content codings (RFC 9110, 8.4.1), undone in bounded memory.
#include <optional>
#include <string_view>

#include "data/web/http_message.h"

namespace fulcrum::data::web {

enum class Coding { kGzip, kDeflate, kBrotli, kZstd };

std::optional<Coding> coding_of(std::string_view name);

/// At most max_bytes. Bytes that are not packed that way come back as they are.
Payload uncoded(Coding coding, const Payload& packed, std::size_t max_bytes);

}  // namespace fulcrum::data::web
