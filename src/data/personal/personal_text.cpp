#include "data/personal/personal_text.h"

#include <algorithm>
#include <cctype>

#include "base/hash.h"

namespace fulcrum::data {

namespace {

struct Recogniser {
  std::string_view name;
  std::vector<Finding> (*find)(std::string_view);
};
constexpr Recogniser kRecognisers[] = {
#define RECOGNISER(function, name, summary) {name, function},
#include "data/personal/recognisers.def"
#undef RECOGNISER
};
constexpr std::size_t kHashLetters = 16;  // 64 bits

/// Few texts hold none of these, but cells of tables do: a look is cheaper than the recognisers.
bool may_hold_any(std::string_view text) {
  return text.find_first_of("0123456789@") != std::string_view::npos ||
         text.find("-----BEGIN") != std::string_view::npos ||
         text.find("eyJ") != std::string_view::npos;
}

/// In letters alone, so that no recogniser takes a hash for a number.
std::string hash_letters(std::string_view bytes) {
  std::string letters;
  for (const std::uint8_t byte : base::sha256(bytes)) {
    letters += static_cast<char>('a' + (byte >> 4));
    letters += static_cast<char>('a' + (byte & 15));
    if (letters.size() == kHashLetters) break;
  }
  return letters;
}

}  // namespace

Redactor::Redactor() : wanted_(std::size(kRecognisers), true) {}

Redactor::Redactor(const std::vector<std::string>& kinds, RedactionStyle style, std::string salt)
    : style_(style), salt_(std::move(salt)) {
  for (const auto& recogniser : kRecognisers)
    wanted_.push_back(std::find(kinds.begin(), kinds.end(), recogniser.name) != kinds.end());
}

void Redactor::append(std::string_view found, std::string_view kind, std::string& out) const {
  switch (style_) {
    case RedactionStyle::kLabel:
      out.append("[").append(kind).append("]");
      return;
    case RedactionStyle::kMask:
      for (const char c : found) out += std::isalnum(static_cast<unsigned char>(c)) ? '*' : c;
      return;
    case RedactionStyle::kHash: {
      std::string salted = salt_;
      salted += '\0';
      salted += found;
      out.append("[").append(kind).append(":").append(hash_letters(salted)).append("]");
    }
  }
}

bool Redactor::replace(std::string& text, std::size_t kind,
                       std::vector<std::string_view>& kinds) const {
  const auto findings = kRecognisers[kind].find(text);
  if (findings.empty()) return false;
  std::string out;
  out.reserve(text.size());
  std::size_t copied = 0;
  for (const Finding& finding : findings) {
    out.append(text, copied, finding.begin - copied);
    append(std::string_view(text).substr(finding.begin, finding.size), kRecognisers[kind].name,
           out);
    copied = finding.begin + finding.size;
    kinds.push_back(kRecognisers[kind].name);
  }
  out.append(text, copied);
  text = std::move(out);
  return true;
}

Redaction Redactor::redact(std::string_view text) const {
  Redaction redaction{std::string(text), {}};
  if (!may_hold_any(text)) return redaction;
  // Until nothing is found: a card taken out may uncover the phone number before it.
  for (bool is_changed = true; is_changed;) {
    is_changed = false;
    for (std::size_t kind = 0; kind < std::size(kRecognisers); ++kind)
      if (wanted_[kind] && replace(redaction.text, kind, redaction.kinds)) is_changed = true;
  }
  return redaction;
}

Redaction redact(std::string_view text) {
  static const Redactor kAll;
  return kAll.redact(text);
}

std::vector<std::string_view> redaction_kinds() {
  std::vector<std::string_view> names;
  for (const auto& recogniser : kRecognisers) names.push_back(recogniser.name);
  return names;
}

}  // namespace fulcrum::data
