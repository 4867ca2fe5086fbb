#include "base/ids.h"

namespace fulcrum::base {

IdSource IdSource::system() {
  std::uint64_t seed = 0;
  secure_random(&seed, sizeof seed);
  return IdSource(seed);
}

std::string IdSource::next(std::int64_t now_us) {
  static constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const auto now_ms = static_cast<std::uint64_t>(now_us / 1000);
  if (now_ms > last_ms_) {
    last_ms_ = now_ms;
    high_ = static_cast<std::uint16_t>(random_.next());
    low_ = random_.next();
  } else if (++low_ == 0) {  // same millisecond, or the clock went back: count on
    ++high_;
  }
  std::string id(26, '0');
  std::uint64_t ms = last_ms_;
  for (int i = 9; i >= 0; --i, ms >>= 5) id[static_cast<std::size_t>(i)] = kAlphabet[ms & 31];
  // 80 bits as sixteen groups of five, lowest last.
  std::uint64_t low = low_;
  std::uint32_t high = high_;
  for (int i = 25; i >= 10; --i) {
    id[static_cast<std::size_t>(i)] = kAlphabet[low & 31];
    low = (low >> 5) | (static_cast<std::uint64_t>(high & 31) << 59);
    high >>= 5;
  }
  return id;
}

}  // namespace fulcrum::base
