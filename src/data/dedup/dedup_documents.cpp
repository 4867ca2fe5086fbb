// Whole documents: kMinhash and kExact, with or without an index of earlier runs.
#include <algorithm>
#include <optional>

#include "data/dedup/fingerprints.h"
#include "data/dedup/index.h"
#include "data/dedup/methods.h"

namespace fulcrum::data::dedup {

namespace {

class Documents {
 public:
  explicit Documents(const Job& job) : job_(job), settings_(job.options.settings) {}

  base::Result<Report> run() {
    CHECK_OK(open());
    CHECK_OK(compare());
    CHECK_OK(decide());
    return write();
  }

 private:
  bool is_near() const { return settings_.method == Method::kMinhash; }
  bool has_index() const { return !job_.options.index.empty(); }

  base::Status open() {
    TRY(folder_, SpillFolder::create(job_.spill));
    if (has_index()) {
      TRY(index_, Index::open(job_.options.index, identity_of(settings_)));
      TRY(clusters_, index_->clusters());
      TRY(store_, index_->documents());
      first_new_ = static_cast<Document>(clusters_.size());
      report_.known_documents = first_new_;
    } else {
      TRY(auto documents, folder_.new_file());
      TRY(auto shingles, folder_.new_file());
      store_ = DocumentStore(std::move(documents), std::move(shingles));
    }
    return {};
  }

  base::Status compare() {
    Sorter<HashEntry> hashes(folder_, job_.memory_bytes / (is_near() ? 4 : 2));
    Sorter<BandEntry> bands(folder_, job_.memory_bytes / 2);
    CHECK_OK(scan_fingerprints(job_.scan, settings_, job_.options.text_field,
                               [&](const ScanCounts& counts, FingerprintPart& part) {
                                 return take(counts, part, hashes, bands);
                               }));
    CHECK_OK(store_.flush());
    clusters_.grow(first_new_ + first_.documents);
    std::vector<bool> is_copy(clusters_.size());
    KeptEntries keep;
    if (has_index()) {
      TRY(keep.hashes, index_->new_hashes());
      TRY(keep.bands, index_->new_bands());
    }
    NearCounts counts;
    CHECK_OK(join_equal(hashes, has_index() ? index_->hashes() : nullptr, clusters_, is_copy, keep,
                        counts));
    if (is_near())
      CHECK_OK(join_near(bands, has_index() ? index_->bands() : nullptr, store_, settings_.minhash,
                         first_new_, is_copy, clusters_, keep, counts));
    report_.equal = counts.equal;
    report_.candidates = counts.candidates;
    report_.verified = counts.verified;
    report_.capped = counts.capped;
    report_.spilled_bytes = static_cast<std::int64_t>(folder_.spilled_bytes);
    return {};
  }

  base::Status take(const ScanCounts& counts, FingerprintPart& part, Sorter<HashEntry>& hashes,
                    Sorter<BandEntry>& bands) {
    const std::uint64_t before = first_new_ + first_.documents;
    CHECK_OK(first_.add(counts, job_.options, report_));
    report_.without_text += part.without_text;
    std::size_t shingle = 0;
    const unsigned per_document = is_near() ? settings_.minhash.bands : 0;
    for (std::size_t i = 0; i < part.text_bytes.size(); ++i) {
      const auto document = static_cast<Document>(before + i);
      const std::uint32_t count = is_near() ? part.counts[i] : 0;
      if (is_near() || has_index())
        CHECK_OK(store_.add(part.shingles, shingle, count, part.text_bytes[i]));
      shingle += count;
      if (settings_.keep == Keep::kLongest) text_bytes_.push_back(part.text_bytes[i]);
      if (part.text_bytes[i] == kNoText) continue;
      CHECK_OK(hashes.add({part.hashes[i], document, 0}));
      for (unsigned band = 0; band < per_document; ++band) {
        const std::uint64_t key = part.band_keys[i * per_document + band];
        CHECK_OK(bands.add(
            {static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key), document}));
      }
    }
    return {};
  }

  /// Which document of each cluster stays: none where the cluster began before this run.
  base::Status decide() {
    const auto& first_of = clusters_.flatten();
    const std::size_t fresh = first_.documents;
    stays_.assign(fresh, false);
    std::vector<bool> is_large(fresh);
    std::vector<Document> best;
    if (settings_.keep == Keep::kLongest) best.assign(fresh, ~Document{0});
    std::vector<bool> known_large;
    if (first_new_ > 0) known_large.resize(first_new_);
    for (std::size_t i = 0; i < fresh; ++i) {
      const Document first = first_of[first_new_ + i];
      if (first < first_new_) {
        report_.clusters += !known_large[first];
        known_large[first] = true;
        continue;
      }
      const std::size_t own = first - first_new_;
      if (own != i && !is_large[own]) {
        is_large[own] = true;
        ++report_.clusters;
      }
      if (best.empty())
        stays_[own] = true;
      else if (best[own] == ~Document{0} || text_bytes_[i] > text_bytes_[best[own]])
        best[own] = static_cast<Document>(i);
    }
    for (const Document document : best)
      if (document != ~Document{0}) stays_[document] = true;
    text_bytes_ = {};
    return {};
  }

  base::Result<Report> write() {
    const auto& first_of = clusters_.flatten();
    Rewriter rewriter(job_.options, job_.scan, first_.documents_of_piece);
    auto totals = rewriter.run(
        [&](std::uint64_t first, std::uint32_t count) -> base::Result<Decisions> {
          Decisions decisions;
          decisions.documents.resize(count);
          for (std::uint32_t i = 0; i < count; ++i) {
            decisions.documents[i].cluster = first_of[first_new_ + first + i];
            decisions.documents[i].kept = stays_[first + i];
          }
          return decisions;
        },
        nullptr);
    if (!totals) return base::Failure(std::move(totals).error());
    add_totals(std::move(*totals), report_);
    report_.cluster.assign(first_of.begin() + first_new_, first_of.end());
    if (has_index()) CHECK_OK(index_->prepare(store_, clusters_));
    CHECK_OK(rewriter.finish());
    if (has_index()) CHECK_OK(index_->replace());
    return std::move(report_);
  }

  const Job& job_;
  const Settings& settings_;
  SpillFolder folder_;
  std::optional<Index> index_;
  DocumentStore store_;
  Clusters clusters_;
  Document first_new_ = 0;
  FirstPass first_;
  std::vector<std::uint32_t> text_bytes_;  // kLongest
  std::vector<bool> stays_;
  Report report_;
};

}  // namespace

base::Result<Report> dedup_documents(const Job& job) {
  return Documents(job).run();
}

}  // namespace fulcrum::data::dedup
