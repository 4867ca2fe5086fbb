// Pages of a JSON API, by their `next` link or by number. A checkpoint after every page.
#include <fmt/format.h>

#include "data/polite_fetcher.h"
#include "data/row_file.h"
#include "data/settings.h"
#include "data/source.h"
#include "data/url.h"

namespace fulcrum::data {

namespace json = base::json;

namespace {

/// The rows of a page: at `path`, else the page itself, "items"/"data"/"results", or its only
/// array.
const json::array* rows_of(const json::value& page, const std::string& path) {
  if (!path.empty()) {
    const auto* found = base::find_path(page, path);
    return found ? found->if_array() : nullptr;
  }
  if (page.is_array()) return &page.get_array();
  if (!page.is_object()) return nullptr;
  for (const char* usual : {"items", "data", "results", "rows"})
    if (const auto* found = page.get_object().if_contains(usual); found && found->is_array())
      return &found->get_array();
  const json::array* only = nullptr;
  for (const auto& member : page.get_object()) {
    if (!member.value().is_array()) continue;
    if (only) return nullptr;
    only = &member.value().get_array();
  }
  return only;
}

std::string page_url(const HttpJsonSettings& settings, std::int64_t page) {
  return fmt::format("{}{}{}={}", settings.url,
                     settings.url.find('?') == std::string::npos ? '?' : '&',
                     settings.page_parameter, page);
}

/// The URL after this page; empty at the end.
base::Result<std::string> next_url(const HttpJsonSettings& settings, const json::value& page,
                                   const std::string& here, std::int64_t number, bool empty) {
  if (!settings.page_parameter.empty())
    return empty ? std::string() : page_url(settings, settings.first_page + number);
  const auto* next = base::find_path(page, settings.next);
  if (!next || !next->is_string() || next->get_string().empty()) return std::string();
  TRY(std::string url, canonical_url(here, std::string_view(next->get_string()), {}));
  TRY(const UrlParts from, split_url(here));
  TRY(const UrlParts to, split_url(url));
  if (from.origin != to.origin)  // headers may hold a token that is this server's alone
    return base::refused("source.next", fmt::format("{} sends on to another host: {}", here, url));
  return url;
}

FetchPolicy policy_of(const HttpJsonSettings& settings) {
  FetchPolicy policy{.rate_per_s = settings.rate_per_s,
                     .retries = settings.retries,
                     .backoff_s = settings.backoff_s,
                     .timeout_s = settings.timeout_s,
                     .user_agent = settings.user_agent,
                     .headers = settings.headers};
  policy.headers.emplace("Accept", "application/json");
  return policy;
}

base::Result<json::value> fetch_page(PoliteFetcher& fetcher, const std::string& url) {
  TRY(const FetchReply reply, fetcher.get(url));
  if (reply.status != 200)
    return base::failed("source.status", fmt::format("{} answered {}", url, reply.status),
                        "check the url and its access rights");
  return base::parse_json(reply.body, url);
}

}  // namespace

base::Result<Collected> collect_http_json(SourceContext& context) {
  TRY(const auto settings, read_settings<HttpJsonSettings>(context.settings));
  TRY(RowFile rows, RowFile::open(context.raw, context.work));
  std::string url = settings.cursor.empty() ? settings.url : settings.cursor;
  if (!settings.page_parameter.empty() && settings.cursor.empty())
    url = page_url(settings, settings.first_page);
  std::string here = base::get_string(rows.state(), "here", url);
  url = base::get_string(rows.state(), "next", url);
  std::int64_t pages = base::get_integer(rows.state(), "pages");
  PoliteFetcher fetcher(context.fetcher, context.waiter, policy_of(settings), context.seed);
  while (!url.empty()) {
    if (pages >= settings.max_pages)
      return base::refused(
          "source.max_pages",
          fmt::format("{} has more than {} pages", settings.url, settings.max_pages),
          "raise `max_pages` if that is right");
    TRY(const json::value page, fetch_page(fetcher, url));
    const json::array* items = rows_of(page, settings.items);
    if (!items)
      return base::usage("source.items", fmt::format("{} has no array of rows", url),
                         "source.items", "give the path of the array as `items`");
    for (const auto& item : *items) CHECK_OK(rows.append(item));
    ++pages;
    TRY(std::string next, next_url(settings, page, url, pages, items->empty()));
    if (next == url)
      return base::failed("source.loop", fmt::format("{} names itself as its next page", url));
    here = std::exchange(url, std::move(next));
    CHECK_OK(rows.checkpoint({{"next", url}, {"here", here}, {"pages", pages}}));
    context.progress.at(rows.records(), 0, "rows");
  }
  const auto& counters = fetcher.counters();
  return Collected{rows.records(),
                   here,
                   {{"pages", pages},
                    {"requests", counters.requests},
                    {"retries", counters.retries},
                    {"fetched_bytes", counters.bytes}}};
}

}  // namespace fulcrum::data
