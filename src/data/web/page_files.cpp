#include "data/web/page_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "data/packed/unpacked.h"
#include "data/web/charset.h"
#include "data/web/http_message.h"
#include "data/web/warc.h"

namespace fulcrum::data::web {

namespace fs = std::filesystem;

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return out;
}

bool is_page(const fs::path& path) {
  std::string name = lower(path.filename().string());
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name.ends_with(".html") || name.ends_with(".htm") || name.ends_with(".xhtml");
}

bool is_html(std::string_view content_type, std::string_view bytes) {
  const std::string type = lower(content_type.substr(0, content_type.find(';')));
  if (type.find("html") != std::string::npos) return true;
  if (!type.empty()) return false;
  const std::string head = lower(bytes.substr(0, 512));
  return head.find("<html") != std::string::npos ||
         head.find("<!doctype html") != std::string::npos;
}

std::string record_id(const WarcRecord& record) {
  std::string_view id = record.id();
  if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
  return is_utf8(id) ? std::string(id) : std::string();
}

std::string url_of(const WarcRecord& record) {
  const std::string_view url = record.target_uri();
  return is_utf8(url) ? std::string(url) : std::string();
}

/// Empty html where the record holds no page.
base::Result<PageSource> page_of(WarcRecord& record, std::size_t max_bytes) {
  PageSource page{
      .id = record_id(record), .url = url_of(record), .html = {}, .http_charset = {}, .file = {}};
  if (record.type() == "resource") {
    if (!is_html(record.header("Content-Type"), record.block)) return page;
    page.http_charset = charset_of_content_type(record.header("Content-Type"));
    page.html = std::move(record.block);
    return page;
  }
  if (record.type() != "response" || !record.header("Content-Type").starts_with("application/http"))
    return page;
  TRY(const HttpResponse response, parse_response(record.block));
  if (response.status != 200) return page;
  const std::string_view type = response.header("Content-Type");
  if (!is_html(type, response.body)) return page;
  TRY(Payload payload, payload_of(response, max_bytes + 1));
  page.http_charset = charset_of_content_type(type);
  page.html = std::move(payload.bytes);
  return page;
}

}  // namespace

bool is_archive(const fs::path& path) {
  const std::string name = lower(path.filename().string());
  return name.ends_with(".warc") || name.ends_with(".warc.gz") || name.ends_with(".warc.zst");
}

base::Result<std::vector<fs::path>> page_files_in(const fs::path& path) {
  std::error_code error;
  std::vector<fs::path> files;
  if (fs::is_directory(path, error)) {
    for (auto at = fs::recursive_directory_iterator(
             path, fs::directory_options::skip_permission_denied, error);
         !error && at != fs::recursive_directory_iterator(); at.increment(error))
      if (at->is_regular_file(error) && (is_page(at->path()) || is_archive(at->path())))
        files.push_back(at->path());
    if (error)
      return base::failed("file.read",
                          fmt::format("cannot read {}: {}", path.string(), error.message()));
  } else if (fs::is_regular_file(path, error)) {
    files.push_back(path);
  } else {
    return base::failed("file.read", fmt::format("cannot read {}: not there", path.string()),
                        "check the path and its permissions");
  }
  if (files.empty())
    return base::usage("extract.nothing", fmt::format("no page or archive in {}", path.string()),
                       "in",
                       "it takes .html, .htm and .xhtml, also .gz, and .warc, .warc.gz, .warc.zst");
  std::sort(files.begin(), files.end());
  return files;
}

base::Result<std::string> read_page_file(const fs::path& path, std::size_t max_bytes) {
  TRY(RawBytes source, file_source(path));
  Unpacked unpacked(std::move(source));
  std::string html;
  while (html.size() <= max_bytes) {
    const std::size_t before = html.size();
    const std::size_t step =
        std::min(max_bytes + 1 - before, std::max<std::size_t>(before, 256U << 10));
    html.resize(before + step);
    auto got = unpacked.read(html.data() + before, step);
    html.resize(before + (got ? *got : 0));
    if (!got) {
      base::Error error = std::move(got.error());
      if (error.field.empty()) error.field = path.string();
      return base::Failure(std::move(error));
    }
    if (*got == 0) break;
  }
  return html;
}

base::Status each_archived_page(const fs::path& path, std::size_t max_bytes,
                                const std::function<bool(PageSource)>& take,
                                const std::function<bool(const base::Error&)>& skip) {
  WarcLimits limits;
  limits.block_bytes = max_bytes + (1U << 20);  // and HTTP's headers
  TRY(WarcReader reader, WarcReader::open(path, limits));
  WarcRecord record;
  for (;;) {
    const auto more = reader.next(record);
    if (!more) {
      if (more.error().code == "file.read") return base::Failure(more.error());
      if (!skip(more.error())) return {};
      continue;
    }
    if (!*more) return {};
    auto page = page_of(record, max_bytes);
    if (!page) {
      base::Error error = std::move(page.error());
      error.field = fmt::format("{}:{}", path.string(), record.offset);
      if (!skip(error)) return {};
    } else if (!page->html.empty() && !take(std::move(*page))) {
      return {};
    }
  }
}

}  // namespace fulcrum::data::web
