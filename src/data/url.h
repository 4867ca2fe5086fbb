#pragma once
// URLs: resolving, and one spelling for each page.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fulcrum::data {

struct UrlParts {
  std::string origin;          // "https://shop.example:8080", lower case, no default port
  std::string path_and_query;  // "/a?b=c", at least "/"
};

/// The one spelling of `link` as found on `base_url` (may be empty for an absolute link): resolved
/// and normalised (RFC 3986 section 6), no fragment, query parameters sorted, those in `dropped`
/// removed (a trailing '*' is a prefix). Fails with `url.syntax`, also for other schemes than
/// http and https.
base::Result<std::string> canonical_url(std::string_view base_url, std::string_view link,
                                        const std::vector<std::string>& dropped);
base::Result<UrlParts> split_url(const std::string& url);
/// utm_*, gclid and their like.
const std::vector<std::string>& tracking_parameters();

}  // namespace fulcrum::data
