#include "data/dedup/fingerprints.h"

namespace fulcrum::data::dedup {

namespace {

class Work final : public PieceWork<FingerprintPart, Nothing> {
 public:
  Work(const Settings& settings, const std::string& field) : prints_(settings), field_(field) {}

  void begin(const Nothing&, FingerprintPart&) override {}
  base::Status record(const ScannedRecord& scanned, FingerprintPart& part) override {
    if (const auto text = scanned.record.text(field_))
      prints_.add(*text, part);
    else
      prints_.add_without_text(part);
    return {};
  }
  void end(FingerprintPart&) override {}

 private:
  Fingerprinter prints_;
  const std::string& field_;
};

std::string_view bytes_of(const std::vector<Shingle>& shingles) {
  return {reinterpret_cast<const char*>(shingles.data()), shingles.size() * sizeof(Shingle)};
}

}  // namespace

void Fingerprinter::add(std::string_view text, FingerprintPart& part) {
  part.text_bytes.push_back(static_cast<std::uint32_t>(text.size()));
  const std::string_view normal = normalise(text, settings_.normalisation, normal_);
  if (settings_.method == Method::kExact) {
    collapse_spaces(normal, collapsed_);
    part.hashes.push_back(hash128(collapsed_));
    return;
  }
  shingler_.shingles(normal, shingles_);
  part.hashes.push_back(hash128(bytes_of(shingles_)));
  minhash_.append_band_keys(shingles_, part.band_keys);
  part.counts.push_back(static_cast<std::uint32_t>(shingles_.size()));
  part.shingles.insert(part.shingles.end(), shingles_.begin(), shingles_.end());
}

void Fingerprinter::add_without_text(FingerprintPart& part) {
  ++part.without_text;
  part.text_bytes.push_back(kNoText);
  part.hashes.push_back({});
  if (settings_.method == Method::kExact) return;
  part.band_keys.resize(part.band_keys.size() + minhash_.bands());
  part.counts.push_back(0);
}

base::Status scan_fingerprints(
    const ScanSettings& scan_settings, const Settings& settings, const std::string& text_field,
    const std::function<base::Status(const ScanCounts&, FingerprintPart&)>& take) {
  return scan<FingerprintPart, Nothing>(
      scan_settings, []() -> base::Result<Nothing> { return Nothing{}; },
      [&] { return std::make_unique<Work>(settings, text_field); }, take);
}

}  // namespace fulcrum::data::dedup
