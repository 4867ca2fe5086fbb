#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/clock.h"
#include "data/fetcher.h"

namespace fulcrum::data {

namespace {

struct Receiver {
  FetchReply reply;
  std::size_t max_bytes = 0;
  bool too_large = false;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* target) {
  auto& receiver = *static_cast<Receiver*>(target);
  if (receiver.reply.body.size() + size * count > receiver.max_bytes) {
    receiver.too_large = true;
    return 0;
  }
  receiver.reply.body.append(bytes, size * count);
  return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* target) {
  auto& headers = static_cast<Receiver*>(target)->reply.headers;
  std::string line(bytes, size * count);
  if (line.starts_with("HTTP/")) headers.clear();  // a redirect's headers are not the reply's
  const auto colon = line.find(':');
  if (colon == std::string::npos) return size * count;
  std::string name = line.substr(0, colon);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto first = line.find_first_not_of(" \t", colon + 1);
  const auto last = line.find_last_not_of(" \t\r\n");
  headers[name] = first == std::string::npos || last < first ? std::string()
                                                             : line.substr(first, last - first + 1);
  return size * count;
}

class CurlFetcher final : public Fetcher {
 public:
  CurlFetcher() {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)once;
    handle_ = curl_easy_init();
  }
  ~CurlFetcher() override { curl_easy_cleanup(handle_); }

  base::Result<FetchReply> fetch(const FetchRequest& request) override {
    if (!handle_) return base::failed("fetch.connect", "libcurl did not start");
    Receiver receiver;
    receiver.max_bytes = request.max_bytes;
    curl_slist* headers = nullptr;
    for (const auto& [name, value] : request.headers)
      headers = curl_slist_append(headers, (name + ": " + value).c_str());
    set_options(request, receiver, headers);
    const CURLcode code = curl_easy_perform(handle_);
    curl_slist_free_all(headers);
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &receiver.reply.status);
    const char* final_url = nullptr;
    curl_easy_getinfo(handle_, CURLINFO_EFFECTIVE_URL, &final_url);
    receiver.reply.final_url = final_url ? final_url : request.url;
    if (code == CURLE_OK) return std::move(receiver.reply);
    return failure(code, receiver.too_large, request);
  }

 private:
  void set_options(const FetchRequest& request, Receiver& receiver, curl_slist* headers) {
    curl_easy_reset(handle_);  // keeps live connections
    curl_easy_setopt(handle_, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &receiver);
    curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle_, CURLOPT_HEADERDATA, &receiver);
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT, static_cast<long>(request.timeout_s));
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT, static_cast<long>(request.timeout_s));
    curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(handle_, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle_, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle_, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  }
  static base::Failure failure(CURLcode code, bool too_large, const FetchRequest& request) {
    if (too_large)
      return base::failed("fetch.too_large", fmt::format("{} is larger than {} bytes", request.url,
                                                         request.max_bytes));
    if (code == CURLE_OPERATION_TIMEDOUT)
      return base::failed("fetch.timeout", fmt::format("{} did not answer within {} s", request.url,
                                                       request.timeout_s));
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
      return base::usage("fetch.url",
                         fmt::format("\"{}\" is not an http or https URL", request.url));
    return base::failed("fetch.connect",
                        fmt::format("{}: {}", request.url, curl_easy_strerror(code)),
                        "check that the server runs and that the address is right");
  }

  CURL* handle_ = nullptr;
};

class SystemWaiter final : public Waiter {
 public:
  std::int64_t now_us() const override { return base::system_clock().now_us(); }
  void wait_us(std::int64_t duration_us) override {
    if (duration_us > 0) std::this_thread::sleep_for(std::chrono::microseconds(duration_us));
  }
};

}  // namespace

std::unique_ptr<Fetcher> open_curl_fetcher() {
  return std::make_unique<CurlFetcher>();
}
std::unique_ptr<Waiter> system_waiter() {
  return std::make_unique<SystemWaiter>();
}

}  // namespace fulcrum::data
