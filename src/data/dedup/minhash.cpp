#include "data/dedup/minhash.h"

#include <algorithm>

namespace fulcrum::data::dedup {

namespace {

constexpr std::size_t kLanes = 16;

std::uint64_t mix(std::uint64_t x) {  // splitmix64
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FULCRUM_EACH_PROCESSOR \
  __attribute__((target_clones("arch=x86-64-v4", "avx2", "sse4.1", "default")))
#else
#define FULCRUM_EACH_PROCESSOR
#endif

/// One group of lanes stays in registers while all shingles pass.
FULCRUM_EACH_PROCESSOR
void minima(const Shingle* shingles, std::size_t count, const std::uint32_t* factors,
            const std::uint32_t* offsets, std::size_t lanes, std::uint32_t* out) {
  for (std::size_t group = 0; group < lanes; group += kLanes) {
    std::uint32_t a[kLanes], b[kLanes], least[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i) {
      a[i] = factors[group + i];
      b[i] = offsets[group + i];
      least[i] = ~0U;
    }
    for (std::size_t k = 0; k < count; ++k) {
      const std::uint32_t x = shingles[k];
      for (std::size_t i = 0; i < kLanes; ++i) {
        const std::uint32_t value = a[i] * x + b[i];
        least[i] = value < least[i] ? value : least[i];
      }
    }
    for (std::size_t i = 0; i < kLanes; ++i) out[group + i] = least[i];
  }
}

}  // namespace

MinHash::MinHash(const MinHashSettings& settings) : bands_(settings.bands), rows_(settings.rows) {
  const std::size_t used = static_cast<std::size_t>(bands_) * rows_;
  const std::size_t lanes = (used + kLanes - 1) / kLanes * kLanes;
  std::uint64_t state = mix(settings.seed);
  for (std::size_t i = 0; i < lanes; ++i) {
    state = mix(state);
    factors_.push_back(static_cast<std::uint32_t>(state) | 1);
    offsets_.push_back(static_cast<std::uint32_t>(state >> 32));
  }
}

std::vector<std::uint32_t> MinHash::signature(const std::vector<Shingle>& shingles) const {
  std::vector<std::uint32_t> out(factors_.size());
  minima(shingles.data(), shingles.size(), factors_.data(), offsets_.data(), out.size(),
         out.data());
  out.resize(static_cast<std::size_t>(bands_) * rows_);
  return out;
}

void MinHash::append_band_keys(const std::vector<Shingle>& shingles,
                               std::vector<std::uint64_t>& keys) const {
  const std::vector<std::uint32_t> minima = signature(shingles);
  for (unsigned band = 0; band < bands_; ++band) {
    std::uint64_t key = mix(band);
    for (unsigned row = 0; row < rows_; ++row) key = mix(key ^ minima[band * rows_ + row]);
    keys.push_back(key);
  }
}

}  // namespace fulcrum::data::dedup
