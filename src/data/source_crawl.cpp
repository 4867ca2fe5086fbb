// A polite crawler of one host: breadth first, within robots.txt, each page once by its canonical
// URL. A journal of visited pages rebuilds the frontier after a kill.
#include <fcntl.h>
#include <fmt/format.h>
#include <re2/re2.h>

#include <deque>
#include <fstream>
#include <unordered_set>

#include "data/html.h"
#include "data/polite_fetcher.h"
#include "data/robots.h"
#include "data/row_file.h"
#include "data/settings.h"
#include "data/source.h"
#include "data/url.h"

namespace fulcrum::data {

namespace json = base::json;
namespace fs = std::filesystem;

namespace {

constexpr int kFailuresInARow = 10;            // then it is the site that fails, not its pages
constexpr std::int64_t kCheckpointPages = 20;  // at most so many are fetched again after a kill

struct Visit {
  std::string outcome;  // "ok", "failed", "missing", "other_host", "not_html"
  std::vector<std::string> links;
  std::string row_url;  // canonical; empty when the page is no row
  json::object row;
};

class Crawler {
 public:
  Crawler(SourceContext& context, CrawlSettings settings, RowFile rows)
      : context_(context),
        settings_(std::move(settings)),
        rows_(std::move(rows)),
        fetcher_(context.fetcher, context.waiter,
                 FetchPolicy{.rate_per_s = settings_.rate_per_s,
                             .retries = settings_.retries,
                             .backoff_s = settings_.backoff_s,
                             .timeout_s = settings_.timeout_s,
                             .user_agent = settings_.user_agent},
                 context.seed),
        row_pages_(settings_.rows),
        follow_(settings_.follow) {}

  base::Result<Collected> run() {
    CHECK_OK(prepare());
    CHECK_OK(replay());
    while (!frontier_.empty() && pages_ < settings_.max_pages) {
      const std::string url = frontier_.front().first;
      TRY(const Visit visit, fetch_and_read(url));
      if (pages_ == 0 && visit.outcome != "ok")
        return base::failed(
            "source.status",
            fmt::format("the first page {} cannot be read ({})", url, visit.outcome),
            "check source.url");
      if (!visit.row_url.empty() && !row_urls_.contains(visit.row_url))
        CHECK_OK(rows_.append(visit.row));
      journal(url, visit);
      settle(visit);
      if (pages_ % kCheckpointPages == 0) CHECK_OK(checkpoint());
      context_.progress.at(pages_, static_cast<std::int64_t>(frontier_.size()) + pages_, "pages");
    }
    CHECK_OK(checkpoint());
    return report();
  }

 private:
  base::Status prepare() {
    for (const auto* pattern : {&row_pages_, &follow_})
      if (!pattern->ok())
        return base::usage("source.pattern", pattern->error(), "source.rows or source.follow",
                           "patterns are RE2 regular expressions");
    for (const auto& [name, text] : settings_.fields) {
      TRY(Selector selector, Selector::parse(text));
      selectors_.emplace_back(name, std::move(selector));
    }
    dropped_ = tracking_parameters();
    dropped_.insert(dropped_.end(), settings_.drop_parameters.begin(),
                    settings_.drop_parameters.end());
    TRY(const std::string start, canonical_url({}, settings_.url, dropped_));
    TRY(const UrlParts parts, split_url(start));
    origin_ = parts.origin;
    seen_.insert(start);
    frontier_.emplace_back(start, 0);
    auto reply = fetcher_.get(origin_ + "/robots.txt");
    if (reply && reply->status < 400) {
      robots_ = Robots::parse(reply->body, settings_.user_agent);
    } else if (!reply) {  // RFC 9309 section 2.3.1.4: unreachable means complete disallow
      return base::refused(
          "source.robots",
          "robots.txt cannot be fetched, so nothing may be: " + reply.error().message,
          "try again when the server is well");
    }
    fetcher_.slow_to(robots_.delay_s());
    if (!robots_.allows(parts.path_and_query))
      return base::refused("source.robots", fmt::format("robots.txt refuses {}", start),
                           "ask the site's owner, or begin elsewhere");
    return {};
  }

  /// Rebuilds frontier and sets from the journal's vouched-for part.
  base::Status replay() {
    const fs::path path = context_.work / "visited.jsonl";
    const auto bytes = base::get_integer(rows_.state(), "journal_bytes");
    if (fs::exists(path)) fs::resize_file(path, static_cast<std::uintmax_t>(bytes));
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      TRY(const json::value entry, base::parse_json(line, "visited.jsonl"));
      Visit visit{.outcome = base::get_string(entry, "outcome"),
                  .links = {},
                  .row_url = base::get_string(entry, "row"),
                  .row = {}};
      for (const auto& link : entry.at("links").as_array())
        visit.links.emplace_back(link.as_string());
      settle(visit);
    }
    journal_.open(path, std::ios::app);
    if (!journal_) return base::failed("file.write", "cannot write " + path.string());
    journal_bytes_ = bytes;
    return {};
  }

  void journal(const std::string& url, const Visit& visit) {
    json::array links;
    for (const auto& link : visit.links) links.push_back(json::string(link));
    const std::string line = base::to_text(json::object{{"url", url},
                                                        {"outcome", visit.outcome},
                                                        {"row", visit.row_url},
                                                        {"links", std::move(links)}}) +
                             "\n";
    journal_ << line;
    journal_bytes_ += static_cast<std::int64_t>(line.size());
  }

  /// Takes the visited page off the frontier and its links in; the same live and in a replay.
  void settle(const Visit& visit) {
    const auto depth = frontier_.front().second;
    frontier_.pop_front();
    ++pages_;
    ++outcomes_[visit.outcome];
    if (!visit.row_url.empty()) {
      row_urls_.insert(visit.row_url);
      seen_.insert(visit.row_url);
    }
    for (const auto& link : visit.links) {
      if (seen_.contains(link)) continue;
      if (depth >= settings_.max_depth || !may_remember()) {
        ++beyond_limits_;
        continue;
      }
      seen_.insert(link);
      const auto parts = split_url(link);
      if (parts && robots_.allows(parts->path_and_query)) {
        frontier_.emplace_back(link, depth + 1);
      } else {
        ++skipped_by_robots_;
      }
    }
  }

  bool may_remember() const {  // bounded memory on an endless site
    return static_cast<std::int64_t>(seen_.size()) < settings_.max_pages * 4;
  }

  base::Result<Visit> fetch_and_read(const std::string& url) {
    Visit visit;
    auto reply = fetcher_.get(url);
    // A server that is gone must not look like a site without pages: fail, and resume later.
    if (!reply &&
        (reply.error().code == "fetch.connect" || ++failures_in_a_row_ >= kFailuresInARow))
      return base::Failure(reply.error());
    if (reply) failures_in_a_row_ = 0;
    if (!reply || reply->status >= 400) {
      visit.outcome = reply ? "missing" : "failed";
      return visit;
    }
    const auto landed = canonical_url({}, reply->final_url, dropped_);
    const auto landed_parts = landed ? split_url(*landed) : base::Result<UrlParts>(UrlParts{});
    const auto type = reply->headers.find("content-type");
    if (!landed || !landed_parts || landed_parts->origin != origin_) {
      visit.outcome = "other_host";
    } else if (type != reply->headers.end() && type->second.find("html") == std::string::npos) {
      visit.outcome = "not_html";
    } else {
      visit.outcome = "ok";
      read_page(HtmlPage(std::move(reply->body)), *landed, visit);
    }
    return visit;
  }

  void read_page(const HtmlPage& page, const std::string& url, Visit& visit) {
    const std::string base = page.base() ? canonical_url(url, *page.base(), {}).value_or(url) : url;
    if (!page.forbids("nofollow")) {
      std::unordered_set<std::string> here;
      for (const auto& link : page.links()) {
        auto target = canonical_url(base, link, dropped_);
        const auto parts = target ? split_url(*target) : base::Result<UrlParts>(UrlParts{});
        if (!target || !parts || parts->origin != origin_) continue;
        if (!settings_.follow.empty() && !RE2::PartialMatch(parts->path_and_query, follow_))
          continue;
        if (here.insert(*target).second) visit.links.push_back(std::move(*target));
      }
    }
    std::string canonical = url;
    if (const auto link = page.canonical()) {
      const auto target = canonical_url(base, *link, dropped_);
      const auto parts = target ? split_url(*target) : base::Result<UrlParts>(UrlParts{});
      if (target && parts && parts->origin == origin_) canonical = *target;
    }
    const auto parts = split_url(canonical);
    if (!settings_.rows.empty() && parts && !RE2::PartialMatch(parts->path_and_query, row_pages_))
      return;
    // Without the host, which is the source's and not the row's.
    json::object row{{"url", parts ? parts->path_and_query : canonical}};
    for (const auto& [name, selector] : selectors_) {
      const auto value = page.first(selector);
      const bool needed = settings_.required.empty() ||
                          std::find(settings_.required.begin(), settings_.required.end(), name) !=
                              settings_.required.end();
      if (needed && !value) return;
      row[name] = value ? json::value(json::string(*value)) : json::value(nullptr);
    }
    visit.row = std::move(row);
    visit.row_url = std::move(canonical);
  }

  base::Status checkpoint() {
    journal_.flush();
    if (!journal_) return base::failed("file.write", "cannot write visited.jsonl");
    return rows_.checkpoint({{"journal_bytes", journal_bytes_}});
  }

  Collected report() const {
    json::object counters{{"pages", pages_},
                          {"requests", fetcher_.counters().requests},
                          {"retries", fetcher_.counters().retries},
                          {"fetched_bytes", fetcher_.counters().bytes},
                          {"skipped_by_robots", skipped_by_robots_},
                          {"links_beyond_limits", beyond_limits_},
                          {"frontier_left", frontier_.size()}};
    for (const auto& [outcome, count] : outcomes_)
      if (outcome != "ok") counters[outcome + "_pages"] = count;
    return {rows_.records(), frontier_.empty() ? "complete" : frontier_.front().first,
            std::move(counters)};
  }

  SourceContext& context_;
  CrawlSettings settings_;
  RowFile rows_;
  PoliteFetcher fetcher_;
  RE2 row_pages_, follow_;
  std::vector<std::pair<std::string, Selector>> selectors_;
  std::vector<std::string> dropped_;
  std::string origin_;
  Robots robots_;
  std::unordered_set<std::string> seen_, row_urls_;
  std::deque<std::pair<std::string, std::int64_t>> frontier_;  // URL, depth
  std::ofstream journal_;
  int failures_in_a_row_ = 0;
  std::int64_t journal_bytes_ = 0, pages_ = 0, skipped_by_robots_ = 0, beyond_limits_ = 0;
  std::map<std::string, std::int64_t> outcomes_;
};

}  // namespace

base::Result<Collected> collect_crawl(SourceContext& context) {
  TRY(auto settings, read_settings<CrawlSettings>(context.settings));
  TRY(RowFile rows, RowFile::open(context.raw, context.work));
  Crawler crawler(context, std::move(settings), std::move(rows));
  return crawler.run();
}

}  // namespace fulcrum::data
