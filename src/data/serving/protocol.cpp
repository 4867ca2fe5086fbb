#include "data/serving/protocol.h"

#include <fmt/format.h>

#include "base/json.h"

namespace fulcrum::data::serving {

namespace {

base::Failure malformed(std::string message) {
  return base::usage("serving.request", std::move(message));
}

std::uint64_t number_at(std::string_view frame, std::size_t at, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(frame[at + i])) << (8 * i);
  return value;
}

}  // namespace

base::Result<BatchRequest> parse_request(std::string_view frame) {
  if (frame.size() != BatchRequest::kBytes)
    return malformed(
        fmt::format("a request of {} bytes, not {}", frame.size(), BatchRequest::kBytes));
  const BatchRequest request{number_at(frame, 0, 8), number_at(frame, 8, 8),
                             number_at(frame, 16, 8),
                             static_cast<std::uint32_t>(number_at(frame, 24, 4))};
  if (number_at(frame, 28, 4) != 0) return malformed("the last four bytes of a request are not 0");
  if (request.count == 0 || request.count > kMaxCount)
    return malformed(fmt::format("{} records asked for; 1 to {}", request.count, kMaxCount));
  const auto last = request.first + static_cast<unsigned __int128>(request.stride) * request.count;
  if (last >> 63 != 0) return malformed("indices are below 2^63");
  return request;
}

base::Result<std::string> parse_hello(std::string_view frame) {
  TRY(const auto hello, base::parse_json(frame, "the first frame"));
  return base::get_string(hello, "token");
}

}  // namespace fulcrum::data::serving
