#include "data/text/normal_form.h"

#include <unicode/normalizer2.h>
#include <unicode/stringoptions.h>
#include <unicode/uchar.h>

#include "data/text/unicode.h"

namespace fulcrum::data::text {

namespace {

constexpr char32_t kNextLine = 0x85, kLineSeparator = 0x2028, kParagraphSeparator = 0x2029;

bool is_control(char32_t c) {
  if (c == '\t' || c == '\n' || c == '\r') return false;
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || U_IS_UNICODE_NONCHAR(static_cast<UChar32>(c));
}

bool is_zero_width(char32_t c) {
  return c == 0x200B || c == 0x2060 || c == 0xFEFF || c == 0xAD;
}

bool is_wide_blank(char32_t c) {
  return c >= 0xA0 && u_charType(static_cast<UChar32>(c)) == U_SPACE_SEPARATOR;
}

class Repair {
 public:
  Repair(const CharacterRepairs& wanted, CharacterRepairs& done) : wanted_(wanted), done_(done) {
    done_ = {false, false, false, false};
  }

  std::string run(std::string_view text) {
    out_.reserve(text.size());
    for (const char *at = text.data(), *end = at + text.size(); at < end;) {
      const char* begin = at;
      const char32_t c = decode(at, end);
      if (wanted_.line_ends && ends_line(c)) {
        if (c != '\n') done_.line_ends = true;
        if (c == '\r' && at < end && *at == '\n') ++at;
        line_end();
      } else if (c == '\n') {
        line_end();
      } else if (wanted_.controls && is_control(c)) {
        done_.controls = true;
      } else if (wanted_.zero_width && is_zero_width(c)) {
        done_.zero_width = true;
      } else if (wanted_.blanks && is_wide_blank(c)) {
        done_.blanks = true;
        out_ += ' ';
      } else {
        out_.append(begin, at);
        if (c != ' ' && c != '\t') empty_lines_ = 0;
      }
    }
    return std::move(out_);
  }

 private:
  static bool ends_line(char32_t c) {
    return c == '\n' || c == '\r' || c == kNextLine || c == kLineSeparator ||
           c == kParagraphSeparator;
  }

  void line_end() {
    if (wanted_.blanks) {
      while (!out_.empty() && (out_.back() == ' ' || out_.back() == '\t')) {
        out_.pop_back();
        done_.blanks = true;
      }
      const bool is_empty = out_.empty() || out_.back() == '\n';
      if (is_empty && ++empty_lines_ > 2) {
        done_.blanks = true;
        return;
      }
    }
    out_ += '\n';
  }

  const CharacterRepairs& wanted_;
  CharacterRepairs& done_;
  std::string out_;
  std::size_t empty_lines_ = 0;
};

}  // namespace

std::optional<std::string> to_nfc(std::string_view text) {
  if (is_ascii(text)) return std::nullopt;
  UErrorCode code = U_ZERO_ERROR;
  const auto* nfc = icu::Normalizer2::getNFCInstance(code);
  const icu::StringPiece piece(text.data(), static_cast<std::int32_t>(text.size()));
  if (U_FAILURE(code) || nfc->isNormalizedUTF8(piece, code) || U_FAILURE(code)) return std::nullopt;
  std::string out;
  icu::StringByteSink<std::string> sink(&out, static_cast<std::int32_t>(text.size()));
  nfc->normalizeUTF8(0, piece, sink, nullptr, code);
  if (U_FAILURE(code)) return std::nullopt;
  return out;
}

std::optional<std::string> repair_characters(std::string_view text, const CharacterRepairs& wanted,
                                             CharacterRepairs& done) {
  std::string out = Repair(wanted, done).run(text);
  if (!done.line_ends && !done.controls && !done.zero_width && !done.blanks) return std::nullopt;
  return out;
}

}  // namespace fulcrum::data::text
