#include "data/web/warc_digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/hash.h"

namespace fulcrum::data::web {

namespace {

/// RFC 4648, without padding.
std::string base32(std::string_view bytes) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : bytes) {
    held = (held << 8 | static_cast<unsigned char>(c)) & 0xFFFFU;
    bits += 8;
    for (; bits >= 5; bits -= 5) out += kDigits[held >> (bits - 5) & 31U];
  }
  if (bits > 0) out += kDigits[held << (5 - bits) & 31U];
  return out;
}

bool equal_folded(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; };
    return fold(x) == fold(y);
  });
}

}  // namespace

std::optional<bool> has_digest(std::string_view content, std::string_view labelled) {
  const std::size_t colon = labelled.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view label = labelled.substr(0, colon);
  std::string_view expected = labelled.substr(colon + 1);
  while (expected.ends_with('=')) expected.remove_suffix(1);
  const EVP_MD* algorithm = equal_folded(label, "sha1") || equal_folded(label, "sha-1") ? EVP_sha1()
                            : equal_folded(label, "sha256") || equal_folded(label, "sha-256")
                                ? EVP_sha256()
                                : nullptr;
  if (algorithm == nullptr) return std::nullopt;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (EVP_Digest(content.data(), content.size(), digest.data(), &size, algorithm, nullptr) != 1)
    return std::nullopt;
  const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), size);
  if (expected.size() == size * 2) return equal_folded(expected, base::to_hex(bytes));
  const std::string text = base32(bytes);
  if (expected.size() != text.size()) return std::nullopt;
  return equal_folded(expected, text);
}

}  // namespace fulcrum::data::web
