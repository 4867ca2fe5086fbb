#include "data/html.h"

#include <gumbo.h>

#include <algorithm>
#include <cctype>
#include <functional>

namespace fulcrum::data {

namespace {

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

std::string take_name(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && is_name(text[size])) ++size;
  std::string name(text.substr(0, size));
  text.remove_prefix(size);
  return name;
}

bool has_word(std::string_view text, std::string_view word) {
  while (!text.empty()) {
    const auto end = text.find_first_of(" \t\r\n\f,");
    if (text.substr(0, end) == word) return true;
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return false;
}

std::string_view attribute(const GumboNode* node, const std::string& name) {
  const auto* found = gumbo_get_attribute(&node->v.element.attributes, name.c_str());
  return found ? found->value : std::string_view{};
}

std::string tag_of(const GumboNode* node) {
  const char* name = gumbo_normalized_tagname(node->v.element.tag);
  if (*name != '\0') return name;
  GumboStringPiece piece = node->v.element.original_tag;
  gumbo_tag_from_original_text(&piece);
  return std::string(piece.data, piece.length);
}

bool holds(const Selector::Test& test, const GumboNode* node) {
  const auto* found = gumbo_get_attribute(&node->v.element.attributes, test.name.c_str());
  if (!found) return false;
  const std::string_view value = found->value;
  switch (test.kind) {
    case Selector::Test::Kind::kPresent:
      return true;
    case Selector::Test::Kind::kEqual:
      return value == test.value;
    case Selector::Test::Kind::kPrefix:
      return value.starts_with(test.value);
    case Selector::Test::Kind::kWord:
      return has_word(value, test.value);
  }
  return false;
}

bool matches(const Selector::Compound& compound, const GumboNode* node) {
  if (node->type != GUMBO_NODE_ELEMENT) return false;
  if (!compound.tag.empty() && tag_of(node) != compound.tag) return false;
  return std::all_of(compound.tests.begin(), compound.tests.end(),
                     [&](const auto& test) { return holds(test, node); });
}

bool matches(const std::vector<Selector::Compound>& compounds, std::size_t last,
             const GumboNode* node) {
  if (!matches(compounds[last], node)) return false;
  if (last == 0) return true;
  for (const GumboNode* up = node->parent; up; up = up->parent) {
    if (matches(compounds, last - 1, up)) return true;
    if (compounds[last].direct) return false;
  }
  return false;
}

/// Depth first in document order, without recursion: pages may nest deeply.
void walk(const GumboNode* root, const std::function<bool(const GumboNode*)>& visit) {
  std::vector<const GumboNode*> stack{root};
  while (!stack.empty()) {
    const GumboNode* node = stack.back();
    stack.pop_back();
    if (!visit(node)) return;
    if (node->type != GUMBO_NODE_ELEMENT && node->type != GUMBO_NODE_DOCUMENT &&
        node->type != GUMBO_NODE_TEMPLATE)
      continue;
    const GumboVector& children =
        node->type == GUMBO_NODE_DOCUMENT ? node->v.document.children : node->v.element.children;
    for (unsigned i = children.length; i-- > 0;)
      stack.push_back(static_cast<const GumboNode*>(children.data[i]));
  }
}

std::string collapse(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c))) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

std::string text_of(const GumboNode* root) {
  std::string text;
  walk(root, [&](const GumboNode* node) {
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
        node->type == GUMBO_NODE_CDATA) {
      const auto tag = node->parent && node->parent->type == GUMBO_NODE_ELEMENT
                           ? node->parent->v.element.tag
                           : GUMBO_TAG_UNKNOWN;
      if (tag != GUMBO_TAG_SCRIPT && tag != GUMBO_TAG_STYLE) text += node->v.text.text;
    }
    return true;
  });
  return collapse(text);
}

/// Elements that their like or their end of line closes; everything else may nest.
bool may_nest(std::string_view tag) {
  static constexpr std::string_view kFlat[] = {
      "area", "base", "br",     "col",  "dd",    "dt",     "embed",  "hr",
      "img",  "li",   "input",  "link", "meta",  "option", "p",      "param",
      "td",   "th",   "source", "tr",   "track", "wbr",    "script", "style"};
  return std::none_of(std::begin(kFlat), std::end(kFlat), [&](std::string_view flat) {
    return std::equal(flat.begin(), flat.end(), tag.begin(), tag.end(), [](char a, char b) {
      return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
    });
  });
}

/// The parser's time grows with the square of the depth and its clean-up recurses: 100 kB of <div>
/// would hold a crawl for minutes. Start tags less end tags, from above.
bool is_too_deep(std::string_view html) {
  constexpr int kMaxDepth = 2000;
  int depth = 0;
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    std::string_view rest = html.substr(at + 1, 40);
    const bool is_end = rest.starts_with('/');
    if (is_end) rest.remove_prefix(1);
    const std::string tag = take_name(rest);
    if (tag.empty() || !std::isalpha(static_cast<unsigned char>(tag[0]))) continue;
    if (tag == "script" && !is_end) at = std::min(html.find("</script", at), html.size() - 1);
    if (!may_nest(tag)) continue;
    depth = is_end ? std::max(0, depth - 1) : depth + 1;
    if (depth > kMaxDepth) return true;
  }
  return false;
}

base::Failure bad_selector(std::string_view whole) {
  return base::usage("selector.syntax", "not a selector: \"" + std::string(whole) + "\"", {},
                     "write it like article.item > h1 or span[itemprop=price]@content");
}

/// Takes "[name]", "[name=value]" or "[name^=value]".
bool take_bracket(std::string_view& text, Selector::Test& test) {
  const auto end = text.find(']');
  if (end == std::string_view::npos) return false;
  std::string_view inside = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  test.name = take_name(inside);
  if (test.name.empty()) return false;
  if (inside.empty()) return true;
  test.kind =
      inside.starts_with("^=") ? Selector::Test::Kind::kPrefix : Selector::Test::Kind::kEqual;
  inside.remove_prefix(std::min(inside.size(), inside.find('=') == std::string_view::npos
                                                   ? inside.size()
                                                   : inside.find('=') + 1));
  if (inside.size() >= 2 && (inside.front() == '"' || inside.front() == '\''))
    inside = inside.substr(1, inside.size() - 2);
  test.value = inside;
  return !test.value.empty();
}

}  // namespace

base::Result<Selector> Selector::parse(std::string_view whole) {
  Selector selector;
  std::string_view text = whole;
  if (const auto at = text.rfind('@');
      at != std::string_view::npos && text.find(']', at) == std::string_view::npos) {
    selector.attribute = std::string(text.substr(at + 1));
    text = text.substr(0, at);
    if (selector.attribute.empty()) return bad_selector(whole);
  }
  bool direct = false;
  while (!text.empty()) {
    if (text.front() == ' ' || text.front() == '>') {
      direct |= text.front() == '>';
      text.remove_prefix(1);
      continue;
    }
    Compound compound;
    compound.direct = direct;
    direct = false;
    const std::size_t before = text.size();
    compound.tag = take_name(text);
    while (!text.empty() && text.front() != ' ' && text.front() != '>') {
      Test test;
      if (text.front() == '[') {
        if (!take_bracket(text, test)) return bad_selector(whole);
      } else if (text.front() == '.' || text.front() == '#') {
        test.kind = text.front() == '.' ? Test::Kind::kWord : Test::Kind::kEqual;
        test.name = text.front() == '.' ? "class" : "id";
        text.remove_prefix(1);
        test.value = take_name(text);
        if (test.value.empty()) return bad_selector(whole);
      } else {
        return bad_selector(whole);
      }
      compound.tests.push_back(std::move(test));
    }
    if (text.size() == before) return bad_selector(whole);
    selector.compounds.push_back(std::move(compound));
  }
  if (selector.compounds.empty() || direct) return bad_selector(whole);
  return selector;
}

struct HtmlPage::Impl {
  std::string html;
  GumboOutput* output = nullptr;
};

HtmlPage::HtmlPage(std::string html) : impl_(std::make_unique<Impl>()) {
  impl_->html = is_too_deep(html) ? std::string() : std::move(html);
  impl_->output =
      gumbo_parse_with_options(&kGumboDefaultOptions, impl_->html.data(), impl_->html.size());
}

HtmlPage::~HtmlPage() {
  gumbo_destroy_output(&kGumboDefaultOptions, impl_->output);
}

std::optional<std::string> HtmlPage::first(const Selector& selector) const {
  std::optional<std::string> found;
  walk(impl_->output->root, [&](const GumboNode* node) {
    if (!matches(selector.compounds, selector.compounds.size() - 1, node)) return true;
    if (selector.attribute.empty()) {
      found = text_of(node);
    } else if (gumbo_get_attribute(&node->v.element.attributes, selector.attribute.c_str())) {
      found = collapse(attribute(node, selector.attribute));
    } else {
      return true;
    }
    return false;
  });
  return found;
}

std::vector<std::string> HtmlPage::links() const {
  std::vector<std::string> links;
  walk(impl_->output->root, [&](const GumboNode* node) {
    if (node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == GUMBO_TAG_A &&
        !has_word(attribute(node, "rel"), "nofollow")) {
      const auto href = attribute(node, "href");
      if (!href.empty()) links.emplace_back(href);
    }
    return true;
  });
  return links;
}

std::optional<std::string> HtmlPage::canonical() const {
  Selector selector{{{"link", {{Selector::Test::Kind::kWord, "rel", "canonical"}}}}, "href"};
  return first(selector);
}

std::optional<std::string> HtmlPage::base() const {
  return first(Selector{{{"base", {}}}, "href"});
}

bool HtmlPage::forbids(std::string_view word) const {
  const auto content =
      first(Selector{{{"meta", {{Selector::Test::Kind::kEqual, "name", "robots"}}}}, "content"});
  return content && (has_word(*content, word) || has_word(*content, "none"));
}

}  // namespace fulcrum::data
