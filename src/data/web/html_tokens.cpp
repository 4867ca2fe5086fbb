#include "data/web/html_tokens.h"

#include <algorithm>
#include <cstring>

namespace fulcrum::data::web {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

enum : std::uint8_t { kSpace = 1, kLetter = 2, kNameEnd = 4, kAttributeEnd = 8, kUnquotedEnd = 16 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (const unsigned char c : {' ', '\t', '\n', '\f', '\r'})
    classes[c] = kSpace | kNameEnd | kAttributeEnd | kUnquotedEnd;
  for (unsigned char c = 'a'; c <= 'z'; ++c) classes[c] = kLetter;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) classes[c] = kLetter;
  classes['/'] = kNameEnd | kAttributeEnd;
  classes['>'] = kNameEnd | kAttributeEnd | kUnquotedEnd;
  classes['='] = kAttributeEnd;
  return classes;
}

constexpr auto kClasses = make_classes();

bool is(char c, std::uint8_t what) {
  return (kClasses[static_cast<unsigned char>(c)] & what) != 0;
}

bool equal_folded(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
           return a == b || (is(a, kLetter) && (a | 0x20) == (is(b, kLetter) ? b | 0x20 : b));
         });
}

/// Whether `name` stands at `at`, in any case, and is not the beginning of a longer one.
bool has_name(std::string_view page, std::size_t at, std::string_view name) {
  return equal_folded(page.substr(std::min(at, page.size()), name.size()), name) &&
         (at + name.size() == page.size() || is(page[at + name.size()], kNameEnd));
}

struct Named {
  std::string_view name;
  Attribute attribute{};
};

constexpr std::size_t kSlots = 64;

constexpr std::size_t slot_of(std::string_view name) {
  return static_cast<std::size_t>((name.front() | 0x20) * 1 + (name[name.size() / 2] | 0x20) * 11 +
                                  static_cast<int>(name.size())) %
         kSlots;
}

constexpr std::array<Named, kSlots> make_named() {
  std::array<Named, kSlots> slots{};
  const auto add = [&slots](std::string_view name, Attribute attribute) {
    if (!slots[slot_of(name)].name.empty()) throw "two names in a slot: change its factors";
    slots[slot_of(name)] = {name, attribute};
  };
#define ATTRIBUTE(constant, name) add(name, Attribute::constant);
#include "data/web/html_attributes.def"
#undef ATTRIBUTE
  return slots;
}
constexpr auto kNamed = make_named();

}  // namespace

void Attributes::add(std::string_view name, std::string_view value) {
  const Named& known = kNamed[slot_of(name)];
  if (known.name.size() != name.size() || !equal_folded(name, known.name)) return;
  const auto bit = 1U << static_cast<unsigned>(known.attribute);
  if ((mask_ & bit) == 0) values_[static_cast<std::size_t>(known.attribute)] = value;
  mask_ |= bit;
}

Token Tokens::next() {
  if (raw_ != Tag::t_unknown) return take_raw_text();
  while (at_ < page_.size()) {
    std::size_t open = at_;
    for (;; ++open) {  // "<" is text unless a tag or a comment begins there
      open = page_.find('<', open);
      if (open == kNone || open + 1 >= page_.size()) return take_text(page_.size());
      const char after = page_[open + 1];
      if (is(after, kLetter) || after == '/' || after == '!' || after == '?') break;
    }
    if (open > at_) return take_text(open);
    const char after = page_[at_ + 1];
    if (is(after, kLetter)) return take_tag(false);
    if (after == '/' && at_ + 2 < page_.size() && is(page_[at_ + 2], kLetter))
      return take_tag(true);
    if (after == '/' && at_ + 2 >= page_.size()) return take_text(page_.size());
    if (after == '!')
      skip_markup_declaration();
    else
      skip_past('>');  // "<?" and "</" before anything else: a bogus comment
  }
  return {};
}

Token Tokens::take_text(std::size_t end) {
  Token token;
  token.kind = TokenKind::kText;
  token.text = page_.substr(at_, end - at_);
  at_ = end;
  return token;
}

Token Tokens::take_raw_text() {
  const std::size_t end = end_of_raw_text(raw_, raw_name_);
  Token token = take_text(std::min(end, page_.size()));
  token.kind = TokenKind::kRawText;
  token.tag = raw_;
  raw_ = Tag::t_unknown;
  return token;
}

Token Tokens::take_tag(bool is_end) {
  at_ += is_end ? 2 : 1;
  const std::size_t begin = at_;
  while (at_ < page_.size() && !is(page_[at_], kNameEnd)) ++at_;
  Token token;
  token.kind = is_end ? TokenKind::kEnd : TokenKind::kStart;
  token.text = page_.substr(begin, at_ - begin);
  token.tag = tag_of(token.text);
  if (!is_end) attributes_.clear();
  take_attributes(token, !is_end);
  if (is_end) return token;
  const TagKind kind = kind_of(token.tag);
  if (kind == TagKind::kRaw || kind == TagKind::kText) {
    raw_ = token.tag;
    raw_name_ = token.text;
  }
  return token;
}

void Tokens::take_attributes(Token& token, bool keep) {
  const char* const end = page_.data() + page_.size();
  const char* p = page_.data() + at_;
  while (p < end) {
    if (is(*p, kSpace)) {
      ++p;
    } else if (*p == '>') {
      ++p;
      break;
    } else if (*p == '/') {
      ++p;
      token.is_self_closed = p < end && *p == '>';
    } else {
      const char* const name = p++;  // a name may begin with '='
      while (p < end && !is(*p, kAttributeEnd)) ++p;
      const std::string_view named(name, static_cast<std::size_t>(p - name));
      while (p < end && is(*p, kSpace)) ++p;
      std::string_view value;
      if (p < end && *p == '=') {
        do {
          ++p;
        } while (p < end && is(*p, kSpace));
        if (p < end && (*p == '"' || *p == '\'')) {
          const char* const from = p + 1;
          const void* quote = std::memchr(from, *p, static_cast<std::size_t>(end - from));
          p = quote ? static_cast<const char*>(quote) : end;
          value = {from, static_cast<std::size_t>(p - from)};
          if (p < end) ++p;
        } else {
          const char* const from = p;
          while (p < end && !is(*p, kUnquotedEnd)) ++p;
          value = {from, static_cast<std::size_t>(p - from)};
        }
      }
      if (keep) attributes_.add(named, value);
    }
  }
  at_ = static_cast<std::size_t>(p - page_.data());
}

void Tokens::skip_past(char c) {
  const std::size_t end = page_.find(c, at_);
  at_ = end == kNone ? page_.size() : end + 1;
}

void Tokens::skip_markup_declaration() {
  const std::string_view rest = page_.substr(at_);
  if (!rest.starts_with("<!--")) return skip_past('>');  // doctype, CDATA outside foreign content
  if (rest.starts_with("<!-->") || rest.starts_with("<!--->")) return skip_past('>');
  for (std::size_t dashes = page_.find("--", at_ + 4); dashes != kNone;
       dashes = page_.find("--", dashes + 1)) {
    const std::string_view after = page_.substr(dashes + 2, 2);
    if (!after.starts_with(">") && after != "!>") continue;
    at_ = dashes + (after[0] == '>' ? 3 : 4);
    return;
  }
  at_ = page_.size();
}

std::size_t Tokens::end_of_raw_text(Tag tag, std::string_view name) const {
  if (tag == Tag::t_script) return end_of_script();
  for (std::size_t at = page_.find("</", at_); at != kNone; at = page_.find("</", at + 2))
    if (has_name(page_, at + 2, name)) return at;
  return kNone;
}

/// A script that holds "<!--" and then "<script" does not end at the next "</script".
std::size_t Tokens::end_of_script() const {
  bool is_comment = false, is_nested = false;
  std::size_t comment_end = 0;
  for (std::size_t at = page_.find('<', at_); at != kNone; at = page_.find('<', at + 1)) {
    const char after = at + 1 < page_.size() ? page_[at + 1] : ' ';
    if (after != '/' && after != '!' && !is_comment) continue;  // as most in a script
    if (is_comment && comment_end < at) is_comment = is_nested = false;
    const std::string_view rest = page_.substr(at, 4);
    if (rest.starts_with("</") && has_name(page_, at + 2, "script")) {
      if (!is_nested) return at;
      is_nested = false;
    } else if (!is_comment && rest == "<!--") {
      is_comment = true;
      comment_end = page_.find("-->", at + 2);  // "<!-->" ends what it begins
    } else if (is_comment && has_name(page_, at + 1, "script")) {
      is_nested = true;
    }
  }
  return kNone;
}

}  // namespace fulcrum::data::web
