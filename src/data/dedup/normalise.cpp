#include "data/dedup/normalise.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "data/text/unicode.h"

namespace fulcrum::data::dedup {

namespace {

icu::StringPiece piece(std::string_view text) {
  return {text.data(), static_cast<std::int32_t>(text.size())};
}

const icu::Normalizer2* normaliser(Unicode form) {
  UErrorCode status = U_ZERO_ERROR;
  return form == Unicode::kNfkc ? icu::Normalizer2::getNFKCInstance(status)
                                : icu::Normalizer2::getNFCInstance(status);
}

void fold_ascii(std::string_view text, std::string& out) {
  out.assign(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
}

std::string_view fold(std::string_view text, std::string& scratch) {
  std::string folded;
  if (text::is_ascii(text)) {
    fold_ascii(text, folded);
  } else {
    UErrorCode status = U_ZERO_ERROR;
    icu::StringByteSink<std::string> sink(&folded);
    icu::CaseMap::utf8Fold(0, piece(text), sink, nullptr, status);
    if (U_FAILURE(status)) return text;
  }
  scratch = std::move(folded);
  return scratch;
}

}  // namespace

std::string_view normalise(std::string_view text, const Normalisation& settings,
                           std::string& scratch) {
  std::string_view result = text;
  if (settings.unicode != Unicode::kNone && !text::is_ascii(text)) {
    const icu::Normalizer2* form = normaliser(settings.unicode);
    UErrorCode status = U_ZERO_ERROR;
    if (form && !form->isNormalizedUTF8(piece(text), status) && U_SUCCESS(status)) {
      scratch.clear();
      icu::StringByteSink<std::string> sink(&scratch);
      form->normalizeUTF8(0, piece(text), sink, nullptr, status);
      if (U_SUCCESS(status)) result = scratch;
    }
  }
  return settings.folds_case ? fold(result, scratch) : result;
}

void collapse_spaces(std::string_view text, std::string& out) {
  out.clear();
  out.reserve(text.size());
  const char *at = text.data(), *end = at + text.size();
  bool owes_blank = false;
  while (at < end) {
    const char* begin = at;
    if (text::classes(text::decode(at, end)) & text::kSpace) {
      owes_blank = !out.empty();
      continue;
    }
    if (owes_blank) out += ' ';
    owes_blank = false;
    out.append(begin, at);
  }
}

Hash128 hash128(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

}  // namespace fulcrum::data::dedup
