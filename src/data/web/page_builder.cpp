// Tags to a tree: the rules of the WHATWG standard (13.2.6) that decide what stands inside what,
// without those that only move or copy inline elements.
#include <algorithm>
#include <array>
#include <cstring>

#include "data/web/entities.h"
#include "data/web/html_tokens.h"
#include "data/web/page.h"
#include "data/web/page_facts.h"
#include "data/web/vocabulary.h"

namespace fulcrum::data::web {

namespace {

constexpr std::uint32_t kWholeTag = static_cast<std::uint32_t>(kTagCount);

/// Elements that an end tag outside of them does not reach into.
bool is_scope(Tag tag) {
  return tag == Tag::t_table || tag == Tag::t_td || tag == Tag::t_th || tag == Tag::t_caption ||
         tag == Tag::t_html || tag == Tag::t_template || tag == Tag::t_object ||
         tag == Tag::t_marquee || tag == Tag::t_applet;
}

bool stays_in_head(Tag tag) {
  switch (tag) {
    case Tag::t_head:
    case Tag::t_meta:
    case Tag::t_link:
    case Tag::t_title:
    case Tag::t_script:
    case Tag::t_style:
    case Tag::t_base:
    case Tag::t_noscript:
    case Tag::t_template:
    case Tag::t_noframes:
      return true;
    default:
      return false;
  }
}

/// Inside SVG and MathML these end the foreign part.
bool breaks_out(Tag tag) {
  const TagKind kind = kind_of(tag);
  return (kind == TagKind::kBlock || kind == TagKind::kHeading || kind == TagKind::kItem) &&
         tag != Tag::t_article;
}

bool is_bold(Tag tag) {
  return tag == Tag::t_b || tag == Tag::t_strong;
}

bool folds_to(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
                                                   [](char a, char b) { return (a | 0x20) == b; });
}

/// Names repeat on a page: the last ones and what they mean.
class Meanings {
 public:
  std::uint16_t of(std::string_view names) {
    std::uint64_t hash = names.size();
    std::uint64_t word = 0;
    std::size_t at = 0;
    for (; at + 8 <= names.size(); at += 8) {
      std::memcpy(&word, names.data() + at, 8);
      hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
      hash ^= hash >> 29;
    }
    word = 0;
    std::memcpy(&word, names.data() + at, names.size() - at);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
    Entry& entry = entries_[hash >> 56];
    if (entry.names != names || entry.names.empty()) entry = {names, meaning_of(names)};
    return entry.meaning;
  }

 private:
  struct Entry {
    std::string_view names;
    std::uint16_t meaning = 0;
  };
  std::array<Entry, 256> entries_;
};

class Builder {
 public:
  Builder(std::string_view html, const PageLimits& limits, Page& page)
      : tokens_(html), limits_(limits), page_(page) {}

  void run() {
    push(Tag::t_html, 0, 0);
    for (Token token = tokens_.next(); token.kind != TokenKind::kEndOfPage; token = tokens_.next())
      switch (token.kind) {
        case TokenKind::kText:
          if (skipping_ == 0 && foreign_ == 0) add_text(token.text);
          break;
        case TokenKind::kRawText:
          raw_text(token);
          break;
        case TokenKind::kStart:
          start(token);
          break;
        default:
          end(token.tag);
          break;
      }
    while (!open_.empty()) pop();
  }

 private:
  void start(const Token& token);
  void start_foreign(const Token& token);
  void end(Tag tag);
  void raw_text(const Token& token);
  void close_implied(Tag tag);
  void close_until(Tag wanted, Tag other, Tag stop, Tag other_stop);
  void close_paragraph();
  void push(Tag tag, std::uint16_t meaning, std::uint8_t marks);
  void pop();
  void pop_to(std::size_t depth);
  void flush();
  void line_break();
  void add_text(std::string_view text);

  Tag top() const { return page_.nodes[open_.back()].tag; }
  std::uint32_t& count(Tag tag) { return counts_[static_cast<std::size_t>(tag)]; }

  Tokens tokens_;
  const PageLimits& limits_;
  Page& page_;
  std::vector<std::uint32_t> open_;
  std::array<std::uint32_t, kWholeTag> counts_{};
  std::uint32_t skipping_ = 0;  // open elements whose text does not count
  std::uint32_t foreign_ = 0;   // depth inside <svg> or <math>
  Tag foreign_tag_ = Tag::t_unknown;
  std::uint32_t bold_ = 0;
  std::size_t size_ = 0;         // of the text
  std::size_t block_begin_ = 0;  // of the open block
  std::uint32_t link_bytes_ = 0, bold_bytes_ = 0;
  Attributes raw_attributes_;
  Meanings meanings_;
};

void Builder::push(Tag tag, std::uint16_t meaning, std::uint8_t marks) {
  if (open_.size() >= limits_.max_depth) pop();
  Node node;
  node.parent = open_.empty() ? 0 : open_.back();
  node.first_block = static_cast<std::uint32_t>(page_.blocks.size());
  node.tag = tag;
  node.meaning = meaning;
  node.marks = marks;
  open_.push_back(static_cast<std::uint32_t>(page_.nodes.size()));
  page_.nodes.push_back(node);
  ++count(tag);
  if ((marks & kIsSkipped) != 0) ++skipping_;
  if (is_bold(tag)) ++bold_;
}

void Builder::pop() {
  Node& node = page_.nodes[open_.back()];
  if (kind_of(node.tag) != TagKind::kInline || node.meaning != 0 || (node.marks & kIsHidden) != 0)
    flush();
  node.end = static_cast<std::uint32_t>(page_.nodes.size());
  node.end_block = static_cast<std::uint32_t>(page_.blocks.size());
  --count(node.tag);
  if ((node.marks & kIsSkipped) != 0) --skipping_;
  if (is_bold(node.tag)) --bold_;
  open_.pop_back();
}

void Builder::pop_to(std::size_t depth) {
  while (open_.size() > depth) pop();
}

/// The text since the last block becomes a block of the innermost element that makes one.
void Builder::flush() {
  std::size_t end = size_;
  if (end > block_begin_ && page_.text[end - 1] == ' ') --end;
  if (end > block_begin_) {
    std::size_t depth = open_.size() - 1;
    while (depth > 0) {
      const Node& node = page_.nodes[open_[depth]];
      if (kind_of(node.tag) != TagKind::kInline || node.meaning != 0 || node.marks != 0) break;
      --depth;
    }
    Block block;
    block.node = open_[depth];
    block.begin = static_cast<std::uint32_t>(block_begin_);
    block.end = static_cast<std::uint32_t>(end);
    block.link_bytes = link_bytes_;
    block.bold_bytes = bold_bytes_;
    page_.blocks.push_back(block);
  }
  block_begin_ = size_ = end;
  link_bytes_ = bold_bytes_ = 0;
}

/// Bytes that stay as they are: no white space, no reference, no first byte of U+00A0.
constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (std::size_t c = ' ' + 1; c < plain.size(); ++c) plain[c] = c != '&' && c != 0xC2;
  return plain;
}
constexpr auto kPlain = make_plain();

/// White space collapses, references resolve; the first byte of a block is never a space.
void Builder::add_text(std::string_view text) {
  const std::size_t before = size_;
  const bool keeps_lines = count(Tag::t_pre) > 0;
  char* const out = page_.text.get();
  char last = size_ > block_begin_ ? out[size_ - 1] : ' ';
  const char* p = text.data();
  const char* const end = p + text.size();
  std::size_t size = size_;
  while (p < end) {
    const auto c = static_cast<unsigned char>(*p);
    if (kPlain[c]) {
      do {
        out[size++] = *p++;
      } while (p < end && kPlain[static_cast<unsigned char>(*p)]);
      last = 'x';
    } else if (c == '&') {
      const auto rest = std::string_view(p, static_cast<std::size_t>(end - p));
      const Reference reference = reference_at(rest, false);
      const std::string_view bytes = reference.consumed == 0
                                         ? std::string_view("&")
                                         : std::string_view(reference.bytes.data(), reference.size);
      p += std::max<std::size_t>(reference.consumed, 1);
      if (bytes == "\xC2\xA0" ||
          (bytes.size() == 1 && static_cast<unsigned char>(bytes[0]) <= 32)) {
        if (last != ' ') last = out[size++] = ' ';
      } else {
        std::memcpy(out + size, bytes.data(), bytes.size());
        size += bytes.size();
        last = bytes.back();
      }
    } else if (c == 0xC2 && (p + 1 == end || p[1] != '\xA0')) {
      last = out[size++] = *p++;
    } else {
      p += c == 0xC2 ? 2 : 1;
      if (c == '\n' && keeps_lines) {
        size_ = size;
        line_break();
        size = size_;
        last = ' ';
      } else if (last != ' ') {
        last = out[size++] = ' ';
      }
    }
  }
  size_ = size;
  if (size_ <= before) return;  // a line break may have begun a new block
  const auto added = static_cast<std::uint32_t>(std::min(size_ - before, size_ - block_begin_));
  if (count(Tag::t_a) > 0) link_bytes_ += added;
  if (bold_ > 0) bold_bytes_ += added;
}

void Builder::line_break() {
  flush();
}

void Builder::close_paragraph() {
  if (count(Tag::t_p) == 0) return;
  for (std::size_t depth = open_.size(); depth-- > 0;) {
    const Tag tag = page_.nodes[open_[depth]].tag;
    if (tag == Tag::t_p) return pop_to(depth);
    if (is_scope(tag) || tag == Tag::t_button) return;
  }
}

void Builder::close_until(Tag wanted, Tag other, Tag stop, Tag other_stop) {
  if (count(wanted) + count(other) == 0) return;
  for (std::size_t depth = open_.size(); depth-- > 0;) {
    const Tag tag = page_.nodes[open_[depth]].tag;
    if (tag == wanted || tag == other) return pop_to(depth);
    if (tag == stop || tag == other_stop || is_scope(tag)) return;
  }
}

/// What a start tag ends without an end tag.
void Builder::close_implied(Tag tag) {
  const TagKind kind = kind_of(tag);
  if (kind == TagKind::kBlock || kind == TagKind::kHeading || kind == TagKind::kItem ||
      tag == Tag::t_hr)
    close_paragraph();
  switch (tag) {
    case Tag::t_li:
      return close_until(Tag::t_li, Tag::t_li, Tag::t_ul, Tag::t_ol);
    case Tag::t_dd:
    case Tag::t_dt:
      return close_until(Tag::t_dd, Tag::t_dt, Tag::t_dl, Tag::t_dl);
    case Tag::t_option:
      return close_until(Tag::t_option, Tag::t_option, Tag::t_select, Tag::t_datalist);
    case Tag::t_a:
      return close_until(Tag::t_a, Tag::t_a, Tag::t_body, Tag::t_html);
    case Tag::t_button:
      return close_until(Tag::t_button, Tag::t_button, Tag::t_body, Tag::t_html);
    case Tag::t_td:
    case Tag::t_th:
    case Tag::t_tr:
    case Tag::t_tbody:
    case Tag::t_thead:
    case Tag::t_tfoot:
      break;
    default:
      if (kind == TagKind::kHeading && kind_of(top()) == TagKind::kHeading) pop();
      return;
  }
  if (count(Tag::t_table) == 0) return;
  const bool is_cell = tag == Tag::t_td || tag == Tag::t_th;
  const bool is_row = is_cell || tag == Tag::t_tr;
  for (std::size_t depth = open_.size(); depth-- > 0;) {
    const Tag open = page_.nodes[open_[depth]].tag;
    if (open == Tag::t_table || open == Tag::t_template) return pop_to(depth + 1);
    if (is_cell && open == Tag::t_tr) return pop_to(depth + 1);
    if (is_row && (open == Tag::t_tbody || open == Tag::t_thead || open == Tag::t_tfoot))
      return pop_to(depth + 1);
  }
}

std::uint8_t marks_of(const Attributes& attributes, Tag tag) {
  std::uint8_t marks = 0;
  if (attributes.has(Attribute::kHidden)) marks |= kIsHidden;
  if (attributes[Attribute::kAriaHidden] == "true" && tag != Tag::t_body) marks |= kIsHidden;
  if (const auto style = attributes[Attribute::kStyle]; !style.empty()) {
    if (style.find("display:none") != std::string_view::npos ||
        style.find("display: none") != std::string_view::npos)
      marks |= kIsHidden;
  }
  if (folds_to(attributes[Attribute::kItemprop], "articlebody")) marks |= kIsBodyProperty;
  return marks;
}

void Builder::start(const Token& token) {
  const Tag tag = token.tag;
  const TagKind kind = kind_of(tag);
  const Attributes& attributes = tokens_.attributes();
  if (foreign_ > 0) return start_foreign(token);
  if (count(Tag::t_head) > 0 && !stays_in_head(tag) && kind != TagKind::kSkip &&
      skipping_ <= count(Tag::t_head)) {
    while (count(Tag::t_head) > 0) pop();
  }
  if (kind == TagKind::kVoid) {
    if (tag == Tag::t_br) line_break();
    if (tag == Tag::t_hr) close_implied(tag), flush();
    if (tag == Tag::t_meta) read_meta(attributes, page_.facts);
    return;
  }
  if (tag == Tag::t_html || (tag == Tag::t_body && count(tag) > 0)) {
    if (tag == Tag::t_html && page_.facts.language.empty())
      page_.facts.language = plain_text(attributes[Attribute::kLang], true);
    return;
  }
  if (kind == TagKind::kRaw || kind == TagKind::kText) {
    raw_attributes_ = attributes;
    return;
  }
  if (page_.nodes.size() >= limits_.max_nodes) return;
  if (kind == TagKind::kForeign) {
    if (token.is_self_closed) return;
    foreign_ = 1;
    foreign_tag_ = tag;
    return;
  }
  close_implied(tag);
  std::uint8_t marks = 0;
  std::uint16_t meaning = 0;
  if (!attributes.empty() && skipping_ == 0) {
    marks = marks_of(attributes, tag);
    if (kind != TagKind::kInline || tag == Tag::t_span)
      for (const Attribute which : {Attribute::kClass, Attribute::kId, Attribute::kRole})
        if (attributes.has(which)) meaning |= meanings_.of(attributes[which]);
    if (kind == TagKind::kInline) meaning &= kBoilerplate;
  }
  if (kind == TagKind::kSkip || tag == Tag::t_head) marks |= kIsSkipped;
  if (kind != TagKind::kInline || meaning != 0 || marks != 0) flush();
  push(tag, meaning, marks);
}

void Builder::start_foreign(const Token& token) {
  if (breaks_out(token.tag)) {
    foreign_ = 0;
    return start(token);
  }
  if (token.tag == foreign_tag_ && !token.is_self_closed) ++foreign_;
}

void Builder::end(Tag tag) {
  if (foreign_ > 0) {
    if (tag == foreign_tag_) --foreign_;
    if (tag != Tag::t_body && tag != Tag::t_div) return;
    foreign_ = 0;
  }
  if (tag == Tag::t_br) return line_break();
  if (tag == Tag::t_html || tag == Tag::t_body) return;
  if (count(tag) == 0) {
    if (tag == Tag::t_p) flush();
    return;
  }
  const bool is_inline = kind_of(tag) == TagKind::kInline;
  const bool is_part_of_table = tag == Tag::t_table || kind_of(tag) == TagKind::kCell;
  for (std::size_t depth = open_.size(); depth-- > 1;) {
    const Tag open = page_.nodes[open_[depth]].tag;
    if (open == tag) return pop_to(depth);
    if (is_inline && tag != Tag::t_a && kind_of(open) != TagKind::kInline) return;
    if (is_part_of_table ? open == Tag::t_table : is_scope(open)) return;
  }
}

void Builder::raw_text(const Token& token) {
  if (token.tag == Tag::t_title && foreign_ == 0 && page_.facts.title.empty())
    page_.facts.title = plain_text(token.text, false);
  if (token.tag == Tag::t_script && raw_attributes_[Attribute::kType].ends_with("ld+json"))
    read_json_ld(token.text, page_.facts);
}

}  // namespace

void read_page(std::string_view html, const PageLimits& limits, Page& page) {
  page.nodes.clear();
  page.blocks.clear();
  page.facts = {};
  // A character reference grows by a fifth at most.
  const std::size_t needed = html.size() + html.size() / 5 + 16;
  if (page.text_capacity < needed) {
    page.text.reset(new char[needed]);
    page.text_capacity = needed;
  }
  Builder(html, limits, page).run();
}

}  // namespace fulcrum::data::web
