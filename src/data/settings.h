#pragma once
// What a plan may say about sources. An unknown or mistyped member is an error that names it.
#include <boost/describe/class.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::data {

/// Pages of a JSON API.
struct HttpJsonSettings {
  std::string kind, url;
  std::string items;           // path of the array in a page; empty: found by itself
  std::string next = "next";   // path of the link to the next page (absolute or relative)
  std::string page_parameter;  // instead of `next`: ?page=1, 2, … until a page is empty
  std::int64_t first_page = 1;
  std::map<std::string, std::string> headers;
  double rate_per_s = 20;  // 0: no limit
  unsigned retries = 6;
  double backoff_s = 0.25;
  std::int64_t timeout_s = 30;
  std::int64_t max_pages = 1'000'000;
  std::string cursor;  // URL to begin with, as an earlier report gave it
  std::string user_agent = "FulcrumBot/0.1";
  static constexpr std::string_view kRequired[] = {"url"};
};
BOOST_DESCRIBE_STRUCT(HttpJsonSettings, (),
                      (kind, url, items, next, page_parameter, first_page, headers, rate_per_s,
                       retries, backoff_s, timeout_s, max_pages, cursor, user_agent))

/// HTML pages of one host.
struct CrawlSettings {
  std::string kind, url;
  std::map<std::string, std::string> fields;  // name -> selector (html.h); "@attr" at the end
  std::vector<std::string> required;          // fields a page needs to be a row; empty: all
  std::string rows;                           // RE2 on the URL's path: which pages are rows
  std::string follow;                         // RE2 on the path and query: which links to follow
  std::vector<std::string> drop_parameters;   // besides the usual tracking ones
  std::int64_t max_pages = 100'000;
  std::int64_t max_depth = 50;
  double rate_per_s = 10;
  unsigned retries = 5;
  double backoff_s = 0.25;
  std::int64_t timeout_s = 30;
  std::string user_agent = "FulcrumBot/0.1";
  static constexpr std::string_view kRequired[] = {"url", "fields"};
};
BOOST_DESCRIBE_STRUCT(CrawlSettings, (),
                      (kind, url, fields, required, rows, follow, drop_parameters, max_pages,
                       max_depth, rate_per_s, retries, backoff_s, timeout_s, user_agent))

/// Log files, kept byte by byte.
struct FilesSettings {
  std::string kind, path;  // a file, a folder (all of it), or a glob in the last component
  std::string cursor;      // JSON as an earlier report gave it: says which files came late
  static constexpr std::string_view kRequired[] = {"path"};
};
BOOST_DESCRIBE_STRUCT(FilesSettings, (), (kind, path, cursor))

struct TableColumns {
  std::string user = "user", item = "item", time = "time";
  std::string value;  // optional rating or weight
};
BOOST_DESCRIBE_STRUCT(TableColumns, (), (user, item, time, value))

/// CSV or TSV of (user, item, time[, value]).
struct TableSettings {
  std::string kind, path;  // a file, a folder or a glob
  TableColumns columns;
  std::string delimiter;            // empty: guessed from the first line
  std::optional<double> min_value;  // rows below are left out, and counted
  std::string time_unit;            // "s", "ms", "us", "iso"; empty: told from the first row
  static constexpr std::string_view kRequired[] = {"path"};
};
BOOST_DESCRIBE_STRUCT(TableSettings, (), (kind, path, columns, delimiter, min_value, time_unit))

/// Rows written in the plan itself.
struct InlineSettings {
  std::string kind;
  std::vector<base::json::value> rows;
};
BOOST_DESCRIBE_STRUCT(InlineSettings, (), (kind, rows))

/// Defined for the structs above; errors carry the path under "source".
template <class T>
base::Result<T> read_settings(const base::json::value& settings);

}  // namespace fulcrum::data
