#pragma once
// An HTML page as a sequence of tags and texts, after the tokenization rules of the WHATWG HTML
// standard (13.2.5): comments, doctypes and CDATA, quoted attributes, raw text elements, scripts
// with comments in them. Every byte string is a sequence; one pass; no copies.
#include <array>
#include <cstdint>
#include <string_view>

#include "data/web/html_tag.h"

namespace fulcrum::data::web {

enum class Attribute : std::uint8_t {
#define ATTRIBUTE(constant, name) constant,
#include "data/web/html_attributes.def"
#undef ATTRIBUTE
};

/// The attributes of one start tag that somebody asks for; the first of a name counts.
class Attributes {
 public:
  bool has(Attribute which) const { return (mask_ >> static_cast<unsigned>(which) & 1U) != 0; }
  bool empty() const { return mask_ == 0; }
  /// As written, character references and all; empty when absent.
  std::string_view operator[](Attribute which) const {
    return has(which) ? values_[static_cast<std::size_t>(which)] : std::string_view{};
  }
  void clear() { mask_ = 0; }
  void add(std::string_view name, std::string_view value);

 private:
  static constexpr std::size_t kCount = 0
#define ATTRIBUTE(constant, name) +1
#include "data/web/html_attributes.def"
#undef ATTRIBUTE
      ;
  std::uint32_t mask_ = 0;
  std::array<std::string_view, kCount> values_;
};

enum class TokenKind : std::uint8_t { kText, kStart, kEnd, kRawText, kEndOfPage };

struct Token {
  TokenKind kind = TokenKind::kEndOfPage;
  Tag tag = Tag::t_unknown;     // of a tag; of the element around raw text
  bool is_self_closed = false;  // "/>"
  std::string_view text;        // of a text: as written; of a tag: its name
};

/// The page must outlive the tokens. Not thread-safe.
class Tokens {
 public:
  explicit Tokens(std::string_view page) : page_(page) {}
  /// A start tag of a raw text element (kRaw, kText) is followed by its kRawText, which may be
  /// empty, and, unless the page ends there, by its kEnd.
  Token next();
  /// Of the last start tag.
  const Attributes& attributes() const { return attributes_; }

 private:
  Token take_text(std::size_t end);
  Token take_raw_text();
  Token take_tag(bool is_end);
  void take_attributes(Token& token, bool keep);
  void skip_markup_declaration();
  void skip_past(char c);
  std::size_t end_of_raw_text(Tag tag, std::string_view name) const;
  std::size_t end_of_script() const;

  std::string_view page_;
  std::size_t at_ = 0;
  Tag raw_ = Tag::t_unknown;
  std::string_view raw_name_;
  Attributes attributes_;
};

}  // namespace fulcrum::data::web
