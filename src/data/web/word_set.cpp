#include "data/web/word_set.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace fulcrum::data::web {

namespace {

constexpr std::uint32_t kOffset = 2166136261U, kPrime = 16777619U;

/// Calls visit(hash) for every four words in a row.
template <class Visit>
void each_four(std::string_view text, Visit visit) {
  std::uint32_t words[4] = {};
  std::size_t count = 0;
  std::uint32_t hash = kOffset;
  bool is_open = false;
  const auto end_word = [&] {
    if (!is_open) return;
    is_open = false;
    words[count++ % 4] = hash;
    hash = kOffset;
    if (count < 4) return;
    std::uint32_t four = 0;
    for (std::size_t i = count; i < count + 4; ++i) four = (four ^ words[i % 4]) * 0x9E3779B1U + 1;
    visit(std::max(four ^ four >> 15, 1U));
  };
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    const unsigned char low = u >= 'A' && u <= 'Z' ? u | 0x20 : u;
    if (u >= 0xE3) end_word();  // the first byte of an East Asian character
    if ((low >= 'a' && low <= 'z') || (u >= '0' && u <= '9') || u >= 0x80) {
      hash = (hash ^ low) * kPrime;
      is_open = true;
    } else {
      end_word();
    }
  }
  end_word();
}

}  // namespace

WordFours::WordFours(std::string_view text) {
  std::size_t count = 0;
  each_four(text, [&](std::uint32_t) { ++count; });
  slots_.assign(std::bit_ceil(count * 2 + 2), 0);
  mask_ = slots_.size() - 1;
  each_four(text, [&](std::uint32_t four) {
    std::size_t slot = four & mask_;
    while (slots_[slot] != 0 && slots_[slot] != four) slot = (slot + 1) & mask_;
    slots_[slot] = four;
  });
}

float WordFours::share_of(std::string_view text) const {
  std::size_t all = 0, found = 0;
  each_four(text, [&](std::uint32_t four) {
    ++all;
    std::size_t slot = four & mask_;
    while (slots_[slot] != 0 && slots_[slot] != four) slot = (slot + 1) & mask_;
    found += slots_[slot] == four;
  });
  return all == 0 ? 0 : static_cast<float>(found) / static_cast<float>(all);
}

}  // namespace fulcrum::data::web
