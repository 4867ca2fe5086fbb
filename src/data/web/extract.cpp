#include "data/web/extract.h"

#include <algorithm>

#include "data/web/charset.h"
#include "data/web/content.h"
#include "data/web/page.h"

namespace fulcrum::data::web {

namespace {

constexpr std::size_t kKeptCapacity = 4U << 20;  // of a buffer between pages
constexpr std::size_t kCellBytes = 120;          // of a cell of a table of data

bool is_cell(Tag tag) {
  return tag == Tag::t_td || tag == Tag::t_th;
}

/// The cells of a row stand on one line.
std::string_view separator(const Page& page, const Block& before, const Block& after) {
  const Node& left = page.nodes[before.node];
  const Node& right = page.nodes[after.node];
  const bool is_row = before.node != after.node && left.parent == right.parent &&
                      is_cell(left.tag) && is_cell(right.tag) &&
                      before.end - before.begin <= kCellBytes &&
                      after.end - after.begin <= kCellBytes;
  return is_row ? " | " : "\n";
}

std::string text_of(const Page& page, const std::vector<std::uint32_t>& kept) {
  std::string text;
  const Block* before = nullptr;
  for (const std::uint32_t index : kept) {
    const Block& block = page.blocks[index];
    if (before) text += separator(page, *before, block);
    text += page.text_of(block);
    before = &block;
  }
  return text;
}

/// Takes one separator between a title and its site off the end.
bool trim_separator(std::string_view& title) {
  static constexpr std::string_view kSeparators[] = {" ", "|", "-", ":", "_", "·", "–", "—", "•"};
  for (const auto one : kSeparators)
    if (title.ends_with(one)) {
      title.remove_suffix(one.size());
      return true;
    }
  return false;
}

/// "Title | Site" without the site, where the page names its site.
std::string title_of(const PageFacts& facts) {
  if (!facts.heading.empty()) return facts.heading;
  const std::string& whole = facts.og_title.empty() ? facts.title : facts.og_title;
  if (facts.site.empty() || !whole.ends_with(facts.site)) return whole;
  std::string_view title(whole.data(), whole.size() - facts.site.size());
  if (!trim_separator(title)) return whole;
  while (trim_separator(title)) {
  }
  return title.empty() ? whole : std::string(title);
}

}  // namespace

Extraction extract(std::string_view html, const ExtractSettings& settings) {
  thread_local Page page;  // its buffers are worth keeping
  Extraction out;
  out.is_cut = html.size() > settings.max_bytes;
  Decoded decoded;
  decode(html.substr(0, settings.max_bytes), settings.http_charset, decoded);
  read_page(decoded.text, {.max_depth = std::max(settings.max_depth, 2U)}, page);
  out.text = text_of(page, main_blocks(page));
  out.title = title_of(page.facts);
  out.author = std::move(page.facts.author);
  out.published = std::move(page.facts.published);
  out.language = std::move(page.facts.language);
  out.charset = std::move(decoded.charset);
  out.is_charset_declared = decoded.is_declared;
  if (page.text_capacity > kKeptCapacity) page = {};
  return out;
}

}  // namespace fulcrum::data::web
