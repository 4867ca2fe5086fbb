#include "data/url.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace fulcrum::data {

namespace {

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_unreserved(unsigned char c) {
  return std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// Upper-case hexadecimal in percent escapes, and no escapes where none is needed.
std::string normalise_escapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() &&
        std::isxdigit(static_cast<unsigned char>(text[i + 1])) &&
        std::isxdigit(static_cast<unsigned char>(text[i + 2]))) {
      const int byte = std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16);
      out += is_unreserved(static_cast<unsigned char>(byte))
                 ? std::string(1, static_cast<char>(byte))
                 : fmt::format("%{:02X}", byte);
      i += 2;
    } else if (text[i] == '%') {
      out += "%25";  // else what follows, unescaped, could make it an escape
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_dropped(std::string_view name, const std::vector<std::string>& dropped) {
  return std::any_of(dropped.begin(), dropped.end(), [&](const std::string& pattern) {
    if (pattern.ends_with('*'))
      return name.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
    return name == pattern;
  });
}

std::string normalise_query(std::string_view query, const std::vector<std::string>& dropped) {
  std::vector<std::string> kept;
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string pair = normalise_escapes(query.substr(0, end));
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (!pair.empty() && !is_dropped(pair.substr(0, pair.find('=')), dropped)) kept.push_back(pair);
  }
  std::stable_sort(kept.begin(), kept.end());
  return fmt::format("{}", fmt::join(kept, "&"));
}

base::Result<Handle> parse(std::string_view base_url, std::string_view link) {
  Handle url(curl_url(), &curl_url_cleanup);
  const std::string base(base_url), relative(link);
  bool good = true;
  if (!base.empty())
    good = curl_url_set(url.get(), CURLUPART_URL, base.c_str(), CURLU_URLENCODE) == CURLUE_OK;
  if (good && !relative.empty())
    good = curl_url_set(url.get(), CURLUPART_URL, relative.c_str(), CURLU_URLENCODE) == CURLUE_OK;
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (!good || (scheme != "http" && scheme != "https"))
    return base::usage("url.syntax", fmt::format("\"{}\" is not an http or https URL", link));
  return url;
}

/// A host that was escaped may be a number, which libcurl reads as an address in a second look.
std::string host_of(CURLU* url) {
  std::string host = part(url, CURLUPART_HOST);
  const Handle again(curl_url(), &curl_url_cleanup);
  const std::string text = "http://" + host + "/";
  if (curl_url_set(again.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return host;
  return part(again.get(), CURLUPART_HOST);
}

std::string origin_of(CURLU* url) {
  std::string host = host_of(url);
  std::transform(host.begin(), host.end(), host.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string port = part(url, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  return fmt::format("{}://{}{}{}", part(url, CURLUPART_SCHEME), host, port.empty() ? "" : ":",
                     port);
}

}  // namespace

base::Result<std::string> canonical_url(std::string_view base_url, std::string_view link,
                                        const std::vector<std::string>& dropped) {
  TRY(const Handle url, parse(base_url, link));
  std::string path = normalise_escapes(part(url.get(), CURLUPART_PATH));
  if (path.empty()) path.push_back('/');
  if (path.find("/.") != std::string::npos) {  // "/%2E%2E/" is "/../" as well
    TRY(const Handle resolved, parse({}, origin_of(url.get()) + path));
    path = part(resolved.get(), CURLUPART_PATH);
  }
  const std::string query = normalise_query(part(url.get(), CURLUPART_QUERY), dropped);
  return fmt::format("{}{}{}{}", origin_of(url.get()), path, query.empty() ? "" : "?", query);
}

base::Result<UrlParts> split_url(const std::string& text) {
  TRY(const Handle url, parse({}, text));
  std::string path = part(url.get(), CURLUPART_PATH);
  const std::string query = part(url.get(), CURLUPART_QUERY);
  if (path.empty()) path.push_back('/');
  return UrlParts{origin_of(url.get()),
                  fmt::format("{}{}{}", path, query.empty() ? "" : "?", query)};
}

const std::vector<std::string>& tracking_parameters() {
  static const std::vector<std::string> names = {
      "utm_*",     "gclid",    "dclid",     "fbclid",     "msclkid",   "mc_cid",
      "mc_eid",    "igshid",   "yclid",     "_ga",        "_gl",       "ref",
      "ref_src",   "referrer", "spm",       "scm",        "source",    "campaign",
      "affiliate", "sid",      "sessionid", "session_id", "phpsessid", "jsessionid"};
  return names;
}

}  // namespace fulcrum::data
