#pragma once
// The digests of WARC headers: "sha1:" and base32, as most writers have it.
#include <optional>
#include <string_view>

namespace fulcrum::data::web {

/// Whether the content has the digest; nothing where the algorithm or its text is not known.
std::optional<bool> has_digest(std::string_view content, std::string_view labelled_digest);

}  // namespace fulcrum::data::web
