#pragma once
// First pass of kMinhash and kExact: what is compared of each document.
#include <memory>
#include <vector>

#include "data/dedup/dedup.h"
#include "data/dedup/minhash.h"
#include "data/dedup/near_duplicates.h"
#include "data/dedup/scan.h"

namespace fulcrum::data::dedup {

struct Nothing {};

inline constexpr std::uint32_t kNoText = ~0U;

/// Of the documents of one piece.
struct FingerprintPart {
  std::vector<Hash128> hashes;
  std::vector<std::uint64_t> band_keys;   // bands a document
  std::vector<std::uint32_t> counts;      // shingles of each document
  std::vector<Shingle> shingles;          // one document after another
  std::vector<std::uint32_t> text_bytes;  // kNoText: the record has no text
  std::int64_t without_text = 0;
};

/// Scratch of one thread.
class Fingerprinter {
 public:
  explicit Fingerprinter(const Settings& settings)
      : settings_(settings), shingler_(settings.shingles), minhash_(settings.minhash) {}
  void add(std::string_view text, FingerprintPart& part);
  /// A record without a text is compared with none.
  void add_without_text(FingerprintPart& part);

 private:
  const Settings& settings_;
  Shingler shingler_;
  MinHash minhash_;
  std::string normal_, collapsed_;
  std::vector<Shingle> shingles_;
};

/// Scans the inputs and hands each piece's part to `take`, in order.
base::Status scan_fingerprints(
    const ScanSettings& scan, const Settings& settings, const std::string& text_field,
    const std::function<base::Status(const ScanCounts&, FingerprintPart&)>& take);

}  // namespace fulcrum::data::dedup
