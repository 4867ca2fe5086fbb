#include "control/canary/gateway_upstream.h"

#include <curl/curl.h>

#include <mutex>
#include <vector>

namespace fulcrum::control {

namespace {

std::size_t append(char* data, std::size_t size, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

class CurlUpstream final : public Upstream {
 public:
  CurlUpstream(std::string url, std::int64_t timeout_ms)
      : url_(std::move(url)), timeout_ms_(timeout_ms) {
    while (url_.ends_with('/')) url_.pop_back();
    // No "Expect: 100-continue": a model server would cost a round trip more.
    for (const char* header : {"Content-Type: application/json", "Expect:"})
      headers_ = curl_slist_append(headers_, header);
  }
  ~CurlUpstream() override {
    for (CURL* handle : idle_) curl_easy_cleanup(handle);
    curl_slist_free_all(headers_);
  }

  base::Result<UpstreamAnswer> post(const std::string& path, const std::string& body) override {
    CURL* handle = take();
    curl_easy_setopt(handle, CURLOPT_POST, 1L);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    return perform(handle, path);
  }
  base::Result<UpstreamAnswer> get(const std::string& path) override {
    CURL* handle = take();
    curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    return perform(handle, path);
  }

 private:
  CURL* take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        CURL* handle = idle_.back();
        idle_.pop_back();
        return handle;
      }
    }
    CURL* handle = curl_easy_init();
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms_));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    return handle;
  }

  base::Result<UpstreamAnswer> perform(CURL* handle, const std::string& path) {
    UpstreamAnswer answer;
    curl_easy_setopt(handle, CURLOPT_URL, (url_ + path).c_str());
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer.body);
    const CURLcode code = curl_easy_perform(handle);
    if (code == CURLE_OK) {
      long status = 0;
      char* type = nullptr;
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, &type);
      answer.status = static_cast<int>(status);
      answer.content_type = type ? type : "application/json";
    }
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(handle);
    }
    if (code == CURLE_OPERATION_TIMEDOUT)
      return base::failed("upstream.timeout", url_ + path + ": no answer in time");
    if (code != CURLE_OK)
      return base::failed("upstream.unreachable", url_ + path + ": " + curl_easy_strerror(code));
    return answer;
  }

  std::string url_;
  const std::int64_t timeout_ms_;
  curl_slist* headers_ = nullptr;
  std::mutex mutex_;
  std::vector<CURL*> idle_;
};

}  // namespace

std::unique_ptr<Upstream> open_upstream(const std::string& url, std::int64_t timeout_ms) {
  return std::make_unique<CurlUpstream>(url, timeout_ms);
}

}  // namespace fulcrum::control
