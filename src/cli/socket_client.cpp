#include "cli/socket_client.h"

#include <curl/curl.h>

#include <cstdlib>

#include "base/text.h"
#include "cli/stream_reader.h"

namespace fulcrum::cli {

namespace {

constexpr long kLongestS = 300;
constexpr long kLongestSilenceS = 60;  // of a stream, whose server says something every second

base::Error error_from(long status, const std::string& body) {
  base::Error error;
  error.kind = kind_of_status(status);
  const auto parsed = base::parse_json(body, "answer");
  const auto* inner = parsed ? base::find_path(*parsed, "error") : nullptr;
  if (!inner) {
    error.code = "server.answer";
    error.message = "HTTP status " + std::to_string(status);
    return error;
  }
  error.code = base::get_string(*inner, "code", "server.answer");
  error.message = base::get_string(*inner, "message");
  error.field = base::get_string(*inner, "field");
  error.fix = base::get_string(*inner, "fix");
  if (error.code == "command.unknown" || error.code == "query.unknown")
    error.kind = base::ErrorKind::kUsage;
  return error;
}

}  // namespace

base::ErrorKind kind_of_status(long status) {
  switch (status) {
    case 400:
    case 405:
    case 413:
    case 415:
      return base::ErrorKind::kUsage;
    case 401:
    case 403:
    case 421:
      return base::ErrorKind::kRefused;
    case 404:
      return base::ErrorKind::kNotFound;
    case 409:
      return base::ErrorKind::kConflict;
    default:
      return base::ErrorKind::kFailed;
  }
}

/// Where an answer goes: into a text, or, as it arrives, to the reader of a stream.
struct SocketClient::Reply {
  std::string body = {};
  StreamReader* reader = nullptr;
  void* curl = nullptr;

  static std::size_t take(char* data, std::size_t size, std::size_t count, void* out) {
    auto& reply = *static_cast<Reply*>(out);
    long status = 0;
    curl_easy_getinfo(reply.curl, CURLINFO_RESPONSE_CODE, &status);
    const std::string_view bytes(data, size * count);
    if (reply.reader && status < 300) {
      reply.reader->take(bytes);
    } else {
      reply.body += bytes;
    }
    return bytes.size();
  }
};

SocketClient::SocketClient(std::string socket_path)
    : socket_path_(std::move(socket_path)), curl_(curl_easy_init()) {}

SocketClient::~SocketClient() {
  curl_easy_cleanup(curl_);
}

base::Result<base::json::value> SocketClient::post(const std::string& path,
                                                   const base::json::value& body,
                                                   const std::string& idempotency_key) {
  const std::string text = base::to_text(body);
  return perform(path, &text, idempotency_key);
}

base::Result<base::json::value> SocketClient::get(const std::string& path) {
  return perform(path, nullptr, "");
}

base::Result<base::json::value> SocketClient::perform(const std::string& path,
                                                      const std::string* body,
                                                      const std::string& idempotency_key) {
  curl_easy_reset(curl_);
  std::vector<std::string> headers{"Content-Type: application/json"};
  if (!idempotency_key.empty()) headers.push_back("Idempotency-Key: " + idempotency_key);
  if (body) {
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body->c_str());
  }
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT, kLongestS);
  Reply reply;
  CHECK_OK(transfer(path, headers, reply));
  return base::parse_json(reply.body, "answer");
}

base::Status SocketClient::stream(const std::string& path, const std::string& last,
                                  const std::function<void(const StreamEvent&)>& told) {
  curl_easy_reset(curl_);
  std::vector<std::string> headers{"Accept: text/event-stream"};
  if (!last.empty()) headers.push_back("Last-Event-ID: " + last);
  curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, kLongestSilenceS);
  StreamReader reader(told);
  Reply reply{.reader = &reader};
  return transfer(path, headers, reply);
}

base::Status SocketClient::transfer(const std::string& path,
                                    const std::vector<std::string>& headers, Reply& reply) {
  curl_slist* list = nullptr;
  for (const auto& header : headers) list = curl_slist_append(list, header.c_str());
  if (const char* token = std::getenv("FULCRUM_TOKEN"); token && *token)
    list = curl_slist_append(list, (std::string("Authorization: Bearer ") + token).c_str());
  curl_easy_setopt(curl_, CURLOPT_URL, ("http://localhost" + path).c_str());
  curl_easy_setopt(curl_, CURLOPT_UNIX_SOCKET_PATH, socket_path_.c_str());
  curl_easy_setopt(curl_, CURLOPT_PROXY, "");
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, list);
  reply.curl = curl_;
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &Reply::take);
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &reply);
  const CURLcode code = curl_easy_perform(curl_);
  long status = 0;
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
  curl_slist_free_all(list);
  if (code != CURLE_OK)
    return base::failed("server.unreachable",
                        base::text("cli.unreachable", socket_path_, curl_easy_strerror(code)));
  if (status >= 300) return base::Failure(error_from(status, reply.body));
  return {};
}

}  // namespace fulcrum::cli
