#pragma once
// HTML pages through gumbo: links, and values by simple CSS-like selectors.
//
// Selector: compounds of tag, #id, .class, [name], [name=value], [name^=value], joined by a space
// (inside) or '>' (directly inside); "@name" at the end takes an attribute instead of the text:
// "article.item > h1", "span[itemprop=price]@content".
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fulcrum::data {

class Selector {
 public:
  /// Fails with `selector.syntax`.
  static base::Result<Selector> parse(std::string_view text);

  struct Test {
    enum class Kind { kPresent, kEqual, kPrefix, kWord } kind = Kind::kPresent;
    std::string name, value;
  };
  struct Compound {
    std::string tag;  // empty: any
    std::vector<Test> tests;
    bool direct = false;  // a child of the compound before it
  };
  std::vector<Compound> compounds;
  std::string attribute;  // empty: text
};

/// A parsed page; any bytes parse, and a page of absurd depth (2000 open elements) as an empty one.
/// Not thread-safe.
class HtmlPage {
 public:
  explicit HtmlPage(std::string html);
  ~HtmlPage();
  HtmlPage(const HtmlPage&) = delete;
  HtmlPage& operator=(const HtmlPage&) = delete;

  /// The first match in document order, whitespace collapsed.
  std::optional<std::string> first(const Selector& selector) const;
  /// href of every <a>, in order, as written; none of rel=nofollow.
  std::vector<std::string> links() const;
  /// href of <link rel=canonical>.
  std::optional<std::string> canonical() const;
  /// href of <base>.
  std::optional<std::string> base() const;
  /// <meta name=robots content=…nofollow…>, …noindex….
  bool forbids(std::string_view word) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fulcrum::data
