#pragma once
// The HTTP response that a WARC record holds (RFC 9112), its body as a browser would get it.
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fulcrum::data::web {

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body;  // as transferred; a part of the message

  /// Of the first header of that name in any case; empty without one.
  std::string_view header(std::string_view name) const;
};

/// The message must outlive the response. Fails with `http.syntax`.
base::Result<HttpResponse> parse_response(std::string_view message);

struct Payload {
  std::string bytes;
  bool is_cut = false;      // at max_bytes
  bool is_damaged = false;  // ends where its packing or chunks cannot be read further
};

/// The body without chunks and content codings (gzip, deflate, br, zstd; four at most), whatever is
/// readable of it. An archive that took them off and left the headers is recognised. Fails with
/// `http.coding` for a coding that is not known.
base::Result<Payload> payload_of(const HttpResponse& response, std::size_t max_bytes);

}  // namespace fulcrum::data::web
