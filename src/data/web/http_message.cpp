#include "data/web/http_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "data/web/content_coding.h"

namespace fulcrum::data::web {

namespace {

constexpr std::size_t kMostHeaders = 1000;
constexpr std::size_t kMostCodings = 4;

char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool equal_folded(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return fold(x) == fold(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes a line off the front, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Bodies in chunks (RFC 9112, 7.1); a body that does not begin with a chunk is taken as it is.
Payload without_chunks(std::string_view body, std::size_t max_bytes) {
  Payload payload;
  const std::string_view whole = body;
  while (!body.empty()) {
    const std::string_view line = take_line(body);
    const std::string_view digits = trimmed(line.substr(0, line.find(';')));
    std::uint64_t size = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
      if (payload.bytes.empty())
        return {std::string(whole.substr(0, max_bytes)), whole.size() > max_bytes, false};
      payload.is_damaged = true;
      return payload;
    }
    if (size == 0) return payload;
    const std::string_view chunk =
        body.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(size, body.size())));
    const std::size_t kept = std::min(chunk.size(), max_bytes - payload.bytes.size());
    payload.bytes.append(chunk.substr(0, kept));
    if (kept < chunk.size()) {
      payload.is_cut = true;
      return payload;
    }
    if (chunk.size() < size) break;
    body.remove_prefix(chunk.size());
    if (!take_line(body).empty()) break;
  }
  payload.is_damaged = true;  // no last chunk
  return payload;
}

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [known, value] : headers)
    if (equal_folded(known, name)) return value;
  return {};
}

base::Result<HttpResponse> parse_response(std::string_view message) {
  HttpResponse response;
  const std::string_view status_line = take_line(message);
  const std::size_t space = status_line.find(' ');
  const std::string_view code = space == std::string_view::npos
                                    ? std::string_view{}
                                    : trimmed(status_line.substr(space)).substr(0, 3);
  const auto [end, error] =
      std::from_chars(code.data(), code.data() + code.size(), response.status);
  if (!status_line.starts_with("HTTP/") || error != std::errc() || end != code.data() + 3)
    return base::failed("http.syntax",
                        fmt::format("no HTTP response begins with \"{:.40}\"", status_line));
  while (!message.empty()) {
    const std::string_view line = take_line(message);
    if (line.empty()) break;
    if ((line[0] == ' ' || line[0] == '\t') && !response.headers.empty()) {
      response.headers.back().second += ' ' + std::string(trimmed(line));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || response.headers.size() >= kMostHeaders) continue;
    response.headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  response.body = message;
  return response;
}

base::Result<Payload> payload_of(const HttpResponse& response, std::size_t max_bytes) {
  std::string transfer(response.header("Transfer-Encoding"));
  std::transform(transfer.begin(), transfer.end(), transfer.begin(), fold);
  Payload payload;
  if (transfer.find("chunked") != std::string::npos)
    payload = without_chunks(response.body, max_bytes);
  else
    payload = {std::string(response.body.substr(0, max_bytes)), response.body.size() > max_bytes,
               false};
  std::vector<std::string_view> codings;
  for (std::string_view list = response.header("Content-Encoding"); !list.empty();) {
    const std::size_t comma = list.find(',');
    const std::string_view coding = trimmed(list.substr(0, comma));
    if (!coding.empty() && !equal_folded(coding, "identity")) codings.push_back(coding);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  if (codings.size() > kMostCodings)
    return base::failed("http.coding", fmt::format("{} content codings", codings.size()));
  for (; !codings.empty(); codings.pop_back()) {  // the last was applied last
    const auto coding = coding_of(codings.back());
    if (!coding)
      return base::failed(
          "http.coding", fmt::format("the content coding \"{:.40}\" is not known", codings.back()));
    payload = uncoded(*coding, payload, max_bytes);
  }
  return payload;
}

}  // namespace fulcrum::data::web
