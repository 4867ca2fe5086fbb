#include "data/dedup/suffixes.h"

#include <divsufsort.h>

#include <algorithm>
#include <cstring>

namespace fulcrum::data::dedup {

std::vector<bool> repeated_windows(std::string_view text, std::size_t window) {
  std::vector<bool> repeated(text.size());
  if (text.size() <= window) return repeated;
  std::vector<saidx_t> order(text.size());
  divsufsort(reinterpret_cast<const sauchar_t*>(text.data()), order.data(),
             static_cast<saidx_t>(text.size()));
  // Suffixes that share their first `window` bytes stand together in the order.
  const auto shares = [&](std::size_t a, std::size_t b) {
    return text.size() - std::max(a, b) >= window &&
           std::memcmp(text.data() + a, text.data() + b, window) == 0;
  };
  for (std::size_t begin = 0; begin < order.size();) {
    const auto head = static_cast<std::size_t>(order[begin]);
    std::size_t first = head, end = begin + 1;
    for (; end < order.size(); ++end) {
      const auto here = static_cast<std::size_t>(order[end]);
      if (!shares(head, here)) break;
      first = std::min(first, here);
    }
    if (end - begin > 1 && !std::memchr(text.data() + head, kSeparator, window))
      for (std::size_t i = begin; i < end; ++i) {
        const auto here = static_cast<std::size_t>(order[i]);
        if (here != first) repeated[here] = true;
      }
    begin = end;
  }
  return repeated;
}

}  // namespace fulcrum::data::dedup
