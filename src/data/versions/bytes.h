#pragma once
// Numbers and texts as bytes: little-endian fixed widths and LEB128 of the shortest form, so that
// equal values have one encoding.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace fulcrum::data::versions {

using base::Digest;

struct DigestHash {
  std::size_t operator()(const Digest& digest) const {
    std::size_t hash = 0;
    for (std::size_t i = 0; i < sizeof hash; ++i) hash = hash << 8 | digest[i];
    return hash;
  }
};

inline std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

class ByteWriter {
 public:
  void fixed(std::uint64_t number, int width) {
    for (int i = 0; i < width; ++i) text_ += static_cast<char>(number >> (8 * i) & 0xff);
  }
  void number(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) text_ += static_cast<char>((number & 0x7f) | 0x80);
    text_ += static_cast<char>(number);
  }
  void digest(const Digest& digest) { text_ += bytes_of(digest); }
  void text(std::string_view text) {
    number(text.size());
    text_ += text;
  }
  void raw(std::string_view bytes) { text_ += bytes; }
  std::size_t size() const { return text_.size(); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Reads what ByteWriter wrote; once something does not fit, ok() is false for good and everything
/// further is zero or empty.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t fixed(int width) {
    const std::string_view part = raw(static_cast<std::size_t>(width));
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < part.size(); ++i)
      number |= std::uint64_t{static_cast<unsigned char>(part[i])} << (8 * i);
    return number;
  }
  std::uint64_t number() {
    std::uint64_t number = 0;
    for (int shift = 0; ok_ && shift < 64; shift += 7) {
      const auto byte = fixed(1);
      if (shift == 63 && byte > 1) break;
      number |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte == 0 && shift > 0) break;  // a longer form than needed
        return ok_ ? number : 0;
      }
    }
    ok_ = false;
    return 0;
  }
  Digest digest() {
    Digest digest{};
    const std::string_view part = raw(digest.size());
    for (std::size_t i = 0; i < part.size(); ++i) digest[i] = static_cast<unsigned char>(part[i]);
    return digest;
  }
  std::string_view text() {
    const auto size = number();
    return raw(size);
  }
  std::string_view raw(std::uint64_t size) {
    if (!ok_ || size > bytes_.size()) {
      ok_ = false;
      return {};
    }
    const auto part = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return part;
  }
  void fail() { ok_ = false; }
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }
  std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace fulcrum::data::versions
