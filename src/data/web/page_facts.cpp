#include "data/web/page_facts.h"

#include <algorithm>
#include <string>

#include "data/web/entities.h"

namespace fulcrum::data::web {

namespace {

std::string lower(std::string_view text) {
  std::string out(text.substr(0, 40));
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return out;
}

void keep_first(std::string& fact, std::string_view value) {
  if (fact.empty()) fact = plain_text(value, true);
}

int hex4(std::string_view text) {
  int value = 0;
  if (text.size() < 4) return -1;
  for (const char c : text.substr(0, 4)) {
    const char low = static_cast<char>(c | 0x20);
    const int digit = c >= '0' && c <= '9'       ? c - '0'
                      : low >= 'a' && low <= 'f' ? low - 'a' + 10
                                                 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/// The string that begins behind a quote, up to its closing one; escapes resolved (RFC 8259).
std::string json_string(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] != '\\') {
      out += text[at];
      continue;
    }
    if (++at >= text.size()) break;
    switch (text[at]) {
      case 'n':
      case 'r':
      case 't':
      case 'f':
      case 'b':
        out += ' ';
        break;
      case 'u': {
        int code = hex4(text.substr(at + 1));
        if (code < 0) break;
        at += 4;
        const bool is_high = code >= 0xD800 && code < 0xDC00;
        const int low = is_high && text.substr(at + 1, 2) == "\\u" ? hex4(text.substr(at + 3)) : -1;
        if (low >= 0xDC00 && low < 0xE000) {
          code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
          at += 6;
        }
        const Reference utf8 = utf8_of(static_cast<std::uint32_t>(code));
        out.append(utf8.bytes.data(), utf8.size);
        break;
      }
      default:
        out += text[at];
    }
  }
  return out;
}

/// The string under a key, wherever the key stands; empty without one.
std::string string_under(std::string_view json, std::string_view quoted_key) {
  std::size_t at = json.find(quoted_key);
  if (at == std::string_view::npos) return {};
  at += quoted_key.size();
  const auto skip_space = [&] {
    while (at < json.size() && static_cast<unsigned char>(json[at]) <= ' ') ++at;
  };
  skip_space();
  if (at >= json.size() || json[at] != ':') return {};
  ++at;
  skip_space();
  if (at >= json.size() || json[at] != '"') return {};
  return json_string(json.substr(at + 1));
}

}  // namespace

void read_meta(const Attributes& attributes, PageFacts& facts) {
  const std::string_view content = attributes[Attribute::kContent];
  if (content.empty()) return;
  std::string_view name = attributes[Attribute::kProperty];
  if (name.empty()) name = attributes[Attribute::kName];
  if (name.empty()) name = attributes[Attribute::kItemprop];
  if (name.empty()) name = attributes[Attribute::kHttpEquiv];
  if (name.empty() || name.size() > 40) return;
  const std::string key = lower(name);
  if (key == "og:title")
    keep_first(facts.og_title, content);
  else if (key == "og:site_name")
    keep_first(facts.site, content);
  else if (key == "author" || key == "article:author" || key == "dc.creator")
    keep_first(facts.author, content);
  else if (key == "article:published_time" || key == "datepublished" || key == "dc.date" ||
           key == "pubdate" || key == "date")
    keep_first(facts.published, content);
  else if (key == "content-language" || key == "og:locale")
    keep_first(facts.language, content);
}

void read_json_ld(std::string_view json, PageFacts& facts) {
  if (std::string body = string_under(json, "\"articleBody\"");
      body.size() > facts.article_body.size())
    facts.article_body = std::move(body);
  if (facts.heading.empty()) facts.heading = plain_text(string_under(json, "\"headline\""), false);
  if (facts.published.empty())
    facts.published = plain_text(string_under(json, "\"datePublished\""), false);
}

}  // namespace fulcrum::data::web
