// split_english. Text falls into chunks at white space; most chunks are a word, or a word and one
// mark, and are settled in one pass over their bytes. The others are taken apart from both ends.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <unordered_set>

#include "data/text/english_exceptions.h"
#include "data/text/unicode.h"
#include "data/text/words.h"

namespace fulcrum::data::text {

namespace {

// What a sign may do at the edge of a chunk.
enum Edge : std::uint8_t { kPrefix = 1, kSuffix = 2, kQuote = 4, kPunct = 8, kCurrency = 16 };

class Edges {
 public:
  Edges() {
    mark(U"§%=—–", kPrefix);
    mark(U"—–", kSuffix);
    mark(U"…,:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪", kPrefix | kSuffix | kPunct);
    mark(U"'\"”“`‘´’‚,„»«「」『』（）〔〕【】《》〈〉⟦⟧", kPrefix | kSuffix | kQuote);
    mark(U"$£€¥฿₽﷼₴", kPrefix | kCurrency);
    for (char32_t c = 0x20A0; c <= 0x20BF; ++c) edges_[c] |= kPrefix | kCurrency;
  }
  std::uint8_t operator()(char32_t c, std::uint16_t is) const {
    const std::uint8_t edge = c < edges_.size() ? edges_[c] : 0;
    return is & kSymbol ? edge | kPrefix | kSuffix : edge;
  }

 private:
  void mark(std::u32string_view signs, std::uint8_t edge) {
    for (const char32_t c : signs) edges_[c] |= edge;
  }
  std::array<std::uint8_t, 0x10000> edges_{};
};

const Edges& edges() {
  static const auto built = std::make_unique<Edges>();
  return *built;
}

bool is_unit(std::string_view text) {
  static const std::unordered_set<std::string_view> units = [] {
    std::unordered_set<std::string_view> all{
        "km", "km²", "km³", "m",  "m²",  "m³",   "dm",  "dm²", "dm³", "cm", "cm²",  "cm³",
        "mm", "mm²", "mm³", "ha", "µm",  "nm",   "yd",  "in",  "ft",  "kg", "g",    "mg",
        "µg", "t",   "lb",  "oz", "m/s", "km/h", "kmh", "mph", "hPa", "Pa", "mbar", "mb",
        "MB", "kb",  "KB",  "gb", "GB",  "tb",   "TB",  "T",   "G",   "M",  "K",    "%"};
    for (const char* word : {"км", "м", "см", "мм", "кг", "г", "мг", "Кб", "Мб", "Гб", "Тб"})
      all.insert(word);
    return all;
  }();
  return units.contains(text);
}

struct Sign {
  char32_t c = 0;
  std::uint16_t is = 0;
  std::uint8_t edge = 0;
  std::uint32_t at = 0;  // byte offset in the text

  bool digit() const { return is & kDigit; }
  bool alpha() const { return is & (kUpper | kLower); }
  bool quote() const { return edge & kQuote; }
};

/// An address by spaCy's pattern: [scheme://][user@]label.label…top[:port][/…], top in lower case.
class Address {
 public:
  Address(const Sign* begin, const Sign* end) : begin_(begin), end_(end) {}

  bool matches() const {
    if (from(begin_)) return true;
    const Sign* start = begin_;
    for (const Sign* at = begin_; end_ - at >= 3; ++at)
      if (at->c == ':' && at[1].c == '/' && at[2].c == '/') {
        if (at - begin_ < 2) return false;
        start = at + 3;
        break;
      }
    if (start != begin_ && from(start)) return true;
    for (const Sign* at = end_; at-- > start + 1;)
      if (at->c == '@') return from(at + 1);
    return false;
  }

 private:
  static bool inner(const Sign& s) {
    return (s.c < 0x80 ? (s.alpha() || s.digit()) : s.c >= 0xA1 && s.c <= 0xFFFF);
  }

  bool from(const Sign* at) const {
    const Sign* label = at;
    std::size_t labels = 0;
    bool numeric = true;
    for (; at < end_ && (inner(*at) || at->c == '-' || at->c == '_' || at->c == '.'); ++at) {
      if (at->c != '.') continue;
      if (at == label || at - label > 64 || !inner(*label) || !inner(at[-1])) return false;
      numeric = numeric && std::all_of(label, at, [](const Sign& s) { return s.digit(); });
      label = at + 1;
      ++labels;
    }
    const auto top = at - label;
    const bool lower = std::all_of(label, at, [](const Sign& s) { return s.is & kLower; });
    const bool number =
        labels == 3 && numeric && std::all_of(label, at, [](const Sign& s) { return s.digit(); });
    if (!(labels >= 1 && lower && top >= 2 && top <= 63) && !(number && top >= 1)) return false;
    return ends(at);
  }

  bool ends(const Sign* at) const {
    if (at < end_ && at->c == ':') {
      const Sign* digits = at + 1;
      const Sign* stop = digits;
      while (stop < end_ && stop->digit()) ++stop;
      if (stop - digits < 2 || stop - digits > 5) return false;
      at = stop;
    }
    return at == end_ || at->c == '/' || at->c == '?' || at->c == '#';
  }

  const Sign *begin_, *end_;
};

/// Takes one chunk without white space apart.
class Chunk {
 public:
  Chunk(std::string_view text, std::size_t begin, std::size_t end, std::vector<Word>& words)
      : text_(text), words_(words) {
    const char *at = text.data() + begin, *stop = text.data() + end;
    signs_.clear();
    suffixes_.clear();
    while (at < stop) {
      Sign sign{.at = static_cast<std::uint32_t>(at - text.data())};
      sign.c = decode(at, stop);
      sign.is = classes(sign.c);
      sign.edge = edges()(sign.c, sign.is);
      signs_.push_back(sign);
    }
    stop_ = static_cast<std::uint32_t>(end);
    hi_ = signs_.size();
  }

  void split() {
    const std::size_t first = words_.size();
    strip_affixes();
    if (lo_ < hi_ && !emit_exception(lo_, hi_)) {
      if (Address(signs_.data() + lo_, signs_.data() + hi_).matches())
        emit(lo_, hi_);
      else
        split_infixes();
    }
    for (auto i = suffixes_.size(); i-- > 0;) emit(suffixes_[i].first, suffixes_[i].second);
    glue(first);
  }

 private:
  std::size_t offset(std::size_t i) const { return i < signs_.size() ? signs_[i].at : stop_; }
  std::string_view between(std::size_t from, std::size_t to) const {
    return text_.substr(offset(from), offset(to) - offset(from));
  }
  void emit(std::size_t from, std::size_t to) {
    words_.push_back(word_at(text_, offset(from), offset(to) - offset(from)));
  }

  const Pieces* exception(std::size_t from, std::size_t to) const {
    return to - from > 12 ? nullptr : english_exception(between(from, to));
  }
  bool emit_exception(std::size_t from, std::size_t to) {
    const Pieces* pieces = exception(from, to);
    if (!pieces) return false;
    std::size_t at = offset(from);
    for (const std::uint8_t bytes : *pieces) {
      if (bytes == 0) break;
      words_.push_back(word_at(text_, at, bytes));
      at += bytes;
    }
    return true;
  }

  /// Neighbours that together are an exception become it: "D-Minn." ends in "Minn.".
  void glue(std::size_t first) {
    std::size_t kept = first;
    for (std::size_t i = first; i < words_.size(); ++i) {
      Word word = words_[i];
      if (i + 1 < words_.size() && words_[i + 1].begin == word.begin + word.bytes) {
        const std::size_t bytes = word.bytes + words_[i + 1].bytes;
        const Pieces* pieces =
            bytes > 12 ? nullptr : english_exception(text_.substr(word.begin, bytes));
        if (pieces && (*pieces)[0] == bytes) {
          word = word_at(text_, word.begin, bytes);
          ++i;
        }
      }
      words_[kept++] = word;
    }
    words_.resize(kept);
  }

  void strip_affixes() {
    while (lo_ < hi_ && !exception(lo_, hi_)) {
      const std::size_t prefix = prefix_length();
      if (prefix && lo_ + prefix < hi_ && exception(lo_ + prefix, hi_)) {
        take_prefix(prefix);
        return;
      }
      const std::size_t suffix = suffix_length(lo_ + prefix);
      if (suffix && hi_ - suffix > lo_ && exception(lo_, hi_ - suffix)) {
        take_suffix(suffix);
        return;
      }
      if (!prefix && !suffix) return;
      if (suffix && prefix + suffix <= hi_ - lo_) take_suffix(suffix);
      if (prefix) take_prefix(prefix);
    }
  }
  void take_prefix(std::size_t length) {
    emit(lo_, lo_ + length);
    lo_ += length;
  }
  void take_suffix(std::size_t length) {
    suffixes_.emplace_back(hi_ - length, hi_);
    hi_ -= length;
  }

  std::size_t dots_from(std::size_t at) const {
    std::size_t n = 0;
    while (at + n < hi_ && signs_[at + n].c == '.') ++n;
    return n;
  }

  std::size_t prefix_length() const {
    const Sign& first = signs_[lo_];
    if (first.c == '.') {
      const std::size_t dots = dots_from(lo_);
      return dots >= 2 ? dots : 0;
    }
    if (first.c == '+') return lo_ + 1 < hi_ && signs_[lo_ + 1].digit() ? 0 : 1;
    if (first.edge & kPrefix) return 1;
    const std::string_view rest = between(lo_, std::min(hi_, lo_ + 3));
    if (rest.starts_with("US$")) return 3;
    return rest.starts_with("C$") || rest.starts_with("A$") ? 2 : 0;
  }

  /// The longest suffix of [from, hi_) that any rule takes.
  std::size_t suffix_length(std::size_t from) const {
    if (from >= hi_) return 0;
    const Sign& last = signs_[hi_ - 1];
    const std::size_t size = hi_ - from;
    const Sign* second = size >= 2 ? &signs_[hi_ - 2] : nullptr;
    if (last.c == '.') return dot_suffix(from);
    if (last.c == U'…' && second && second->c == U'…') return 2;
    std::size_t longest = last.edge & kSuffix ? 1 : 0;
    if (second && (last.c == 's' || last.c == 'S') && (second->c == '\'' || second->c == U'’'))
      longest = 2;
    if (second && second->digit() && (last.c == '+' || last.edge & kCurrency)) longest = 1;
    for (std::size_t n = 1; n <= 5 && n < size; ++n)
      if (signs_[hi_ - n - 1].digit()) {
        const std::string_view tail = between(hi_ - n, hi_);
        if (is_unit(tail) || tail == "US$" || tail == "C$" || tail == "A$")
          longest = std::max(longest, n);
        break;
      }
    return longest;
  }

  std::size_t dot_suffix(std::size_t from) const {
    std::size_t dots = 0;
    while (dots < hi_ - from && signs_[hi_ - 1 - dots].c == '.') ++dots;
    if (dots >= 2) return dots;
    if (hi_ - from < 2) return 0;
    const Sign& before = signs_[hi_ - 2];
    if (before.digit() || before.is & kLower || before.edge & (kPunct | kQuote) ||
        before.c == '%' || before.c == U'²' || before.c == '-' || before.c == '+' ||
        before.c == '|')
      return 1;
    return hi_ - from >= 3 && before.is & kUpper && signs_[hi_ - 3].is & kUpper ? 1 : 0;
  }

  std::size_t infix_length(std::size_t at) const {
    const Sign& sign = signs_[at];
    if (sign.c == '.') {
      const std::size_t dots = dots_from(at);
      if (dots >= 2) return dots;
    }
    if (sign.c == U'…' || sign.is & kSymbol) return 1;
    if (at == lo_ || at + 1 >= hi_) return 0;
    const Sign &before = signs_[at - 1], &after = signs_[at + 1];
    switch (sign.c) {
      case '.':
        return (before.is & kLower || before.quote()) && (after.is & kUpper || after.quote());
      case ',':
        return before.alpha() && after.alpha();
      case '+':
      case '*':
      case '^':
        return before.digit() && (after.digit() || after.c == '-');
      case ':':
      case '<':
      case '>':
      case '=':
      case '/':
        return (before.alpha() || before.digit()) && after.alpha();
      case '-':
        if (before.digit() && (after.digit() || after.c == '-')) return 1;
        return hyphen_length(at, 3);
      case U'—':
        return hyphen_length(at, 2);
      case U'–':
      case '~':
        return hyphen_length(at, 1);
      default:
        return 0;
    }
  }

  /// One to `most` equal hyphens between letters (a digit may stand before them).
  std::size_t hyphen_length(std::size_t at, std::size_t most) const {
    if (!signs_[at - 1].alpha() && !signs_[at - 1].digit()) return 0;
    for (std::size_t n = 1; n <= most && at + n < hi_; ++n) {
      if (signs_[at + n].alpha()) return n;
      if (signs_[at + n].c != signs_[at].c) return 0;
    }
    return 0;
  }

  void split_infixes() {
    std::size_t start = lo_;
    for (std::size_t at = lo_; at < hi_;) {
      const std::size_t length = infix_length(at);
      if (length == 0) {
        ++at;
        continue;
      }
      if (at != lo_) {
        if (at != start) emit(start, at);
        emit(at, at + length);
        start = at + length;
      }
      at += length;
    }
    if (start < hi_) emit(start, hi_);
  }

  std::string_view text_;
  std::vector<Word>& words_;
  std::uint32_t stop_ = 0;
  std::size_t lo_ = 0, hi_ = 0;
  // Kept between chunks: most would otherwise allocate.
  static thread_local std::vector<Sign> signs_;
  static thread_local std::vector<std::pair<std::size_t, std::size_t>> suffixes_;
};

thread_local std::vector<Sign> Chunk::signs_;
thread_local std::vector<std::pair<std::size_t, std::size_t>> Chunk::suffixes_;

enum Byte : std::uint8_t { kOther, kBlank, kSmall, kCapital, kMarkAfter, kHigh };

constexpr std::array<std::uint8_t, 256> make_bytes() {
  std::array<std::uint8_t, 256> bytes{};
  for (const int c : {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x20})
    bytes[static_cast<std::size_t>(c)] = kBlank;
  for (std::size_t c = 'a'; c <= 'z'; ++c) bytes[c] = kSmall;
  for (std::size_t c = 'A'; c <= 'Z'; ++c) bytes[c] = kCapital;
  for (const char c : {',', ';', ':', '!', '?', '"', ')'})
    bytes[static_cast<std::size_t>(c)] = kMarkAfter;
  for (std::size_t c = 0x80; c < 0x100; ++c) bytes[c] = kHigh;
  return bytes;
}
constexpr auto kBytes = make_bytes();

std::uint8_t byte(char c) {
  return kBytes[static_cast<unsigned char>(c)];
}

class EnglishSplitter {
 public:
  EnglishSplitter(std::string_view text, std::vector<Word>& words) : text_(text), words_(words) {}

  void split() {
    const std::size_t size = text_.size();
    std::size_t at = 0;
    while (at < size) {
      const std::size_t blank = blank_length(at);
      if (blank) {
        at += blank;
        continue;
      }
      std::size_t letters = at;
      while (letters < size && (byte(text_[letters]) == kSmall || byte(text_[letters]) == kCapital))
        ++letters;
      at = settle(at, letters);
    }
  }

 private:
  std::size_t blank_length(std::size_t at) const {
    const std::uint8_t kind = byte(text_[at]);
    if (kind == kBlank) return 1;
    if (kind != kHigh) return 0;
    const char *here = text_.data() + at, *next = here;
    return classes(decode(next, text_.data() + text_.size())) & kSpace
               ? static_cast<std::size_t>(next - here)
               : 0;
  }
  bool ends_at(std::size_t at) const { return at >= text_.size() || byte(text_[at]) == kBlank; }

  void letters_word(std::size_t begin, std::size_t end) {
    words_.push_back({.begin = static_cast<std::uint32_t>(begin),
                      .bytes = static_cast<std::uint32_t>(end - begin),
                      .chars = static_cast<std::uint32_t>(end - begin),
                      .has_letter = true,
                      .has_content = true});
  }
  void mark_word(std::size_t at) {
    const char c = text_[at];
    words_.push_back({.begin = static_cast<std::uint32_t>(at),
                      .bytes = 1,
                      .chars = 1,
                      .ends_sentence = c == '.' || c == '!' || c == '?',
                      .is_punctuation = true});
  }

  /// Words of the chunk whose leading letters end at `letters`; returns where the chunk ends.
  std::size_t settle(std::size_t begin, std::size_t letters) {
    if (letters > begin) {
      const bool plain = !glance_.may_be(text_.substr(begin, letters - begin));
      if (ends_at(letters) && plain) {
        letters_word(begin, letters);
        return letters;
      }
      if (ends_at(letters + 1) && letters < text_.size() && plain &&
          !glance_.may_be(text_.substr(begin, letters + 1 - begin)) && takes_mark(begin, letters)) {
        letters_word(begin, letters);
        mark_word(letters);
        return letters + 1;
      }
    }
    std::size_t end = letters;
    while (end < text_.size() && !blank_length(end)) {
      ++end;
      while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
    }
    Chunk(text_, begin, end, words_).split();
    return end;
  }

  bool takes_mark(std::size_t begin, std::size_t mark) const {
    if (byte(text_[mark]) == kMarkAfter) return true;
    if (text_[mark] != '.') return false;
    if (byte(text_[mark - 1]) == kSmall) return true;
    return mark - begin >= 2 && byte(text_[mark - 2]) == kCapital;
  }

  std::string_view text_;
  std::vector<Word>& words_;
  ExceptionGlance glance_;
};

}  // namespace

void split_english(std::string_view text, std::vector<Word>& words) {
  EnglishSplitter(text, words).split();
}

}  // namespace fulcrum::data::text
