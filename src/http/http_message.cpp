// The parts of HTTP that need no Beast: look-ups and the response's bytes.
#include "http/http_message.h"

#include <fmt/format.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/json.h"

namespace fulcrum::http {

namespace {

std::string first_of(const std::vector<std::pair<std::string, std::string>>& pairs,
                     std::string_view name, std::string fallback) {
  for (const auto& [key, value] : pairs)
    if (key == name) return value;
  return fallback;
}

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

/// A line break inside a value would let a caller's text start a header of its own.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value)
    if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c;
  out += "\r\n";
}

}  // namespace

std::string HttpRequest::header(std::string_view lower_name, std::string fallback) const {
  return first_of(headers, lower_name, std::move(fallback));
}

std::string HttpRequest::parameter(std::string_view name, std::string fallback) const {
  return first_of(query, name, std::move(fallback));
}

namespace {
/// Paths and parameters are quoted in answers, which are JSON: other bytes would break those.
bool is_utf8(std::string_view text) {
  return base::parse_json(base::to_text(base::json::value(text)), "text").has_value();
}
}  // namespace

bool set_target(HttpRequest& request, std::string_view target) {
  auto parsed = boost::urls::parse_origin_form(target);
  if (!parsed) return false;
  request.path = parsed->path();
  for (const auto& parameter : parsed->params())
    request.query.emplace_back(parameter.key, parameter.has_value ? parameter.value : "");
  for (const auto& [name, value] : request.query)
    if (!is_utf8(name) || !is_utf8(value)) return false;
  return request.path.find('\0') == std::string::npos && is_utf8(request.path);
}

std::string response_head(const HttpResponse& response, const HeadOptions& options) {
  std::string head;
  head.reserve(512 + (options.with_body ? response.body.size() : 0));
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", response.status,
                 reason(response.status));
  if (!response.content_type.empty()) append_header(head, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) append_header(head, name, value);
  if (!response.stream)
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.body.size());
  if (!options.keep_alive) {
    head += "Connection: close\r\n";
  } else if (options.say_keep_alive) {
    head += "Connection: keep-alive\r\n";
  }
  head += "\r\n";
  if (options.with_body) head += response.body;
  return head;
}

HttpResponse plain_failure(int status, std::string_view code, std::string_view message) {
  HttpResponse response;
  response.status = status;
  response.body = fmt::format(R"({{"error":{{"code":"{}","message":"{}","field":"","fix":""}}}})",
                              code, message);
  return response;
}

}  // namespace fulcrum::http
