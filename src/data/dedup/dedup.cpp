#include "data/dedup/dedup.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "data/dedup/fingerprints.h"
#include "data/dedup/methods.h"

namespace fulcrum::data::dedup {

namespace {

constexpr std::size_t kLeastMemoryMb = 8;

base::Status in_range(const char* field, double value, double low, double high) {
  if (value >= low && value <= high) return {};
  return base::usage("dedup.setting", fmt::format("{} is not between {} and {}", value, low, high),
                     field);
}

base::Status check(const Options& options) {
  const Settings& s = options.settings;
  CHECK_OK(in_range("bands", s.minhash.bands, 1, 1000));
  CHECK_OK(in_range("rows", s.minhash.rows, 1, 1000));
  CHECK_OK(in_range("min_jaccard", s.minhash.min_jaccard, 0, 1));
  CHECK_OK(in_range("max_bucket", s.minhash.max_bucket, 2, 1e6));
  CHECK_OK(in_range("shingle", s.shingles.size, 1, 1000));
  CHECK_OK(in_range("min_length", s.substring.min_bytes, 8, 1e6));
  CHECK_OK(in_range("memory_mb", static_cast<double>(options.memory_mb), kLeastMemoryMb, 1e9));
  const bool whole = s.method == Method::kMinhash || s.method == Method::kExact;
  if (!options.index.empty() && !whole)
    return base::usage("dedup.setting", "lines and substrings have no index", "index",
                       "leave the index out, or use the methods minhash or exact");
  return {};
}

std::filesystem::path spill_folder(const Options& options) {
  if (!options.spill.empty()) return options.spill;
  const auto& beside = !options.output.empty()     ? options.output
                       : !options.clusters.empty() ? options.clusters
                                                   : std::filesystem::path();
  if (beside.empty()) return std::filesystem::temp_directory_path();
  const auto folder = beside.parent_path();
  return folder.empty() ? "." : folder;
}

}  // namespace

std::string identity_of(const Settings& s) {
  const auto normal = fmt::format("unicode={} fold={}", static_cast<int>(s.normalisation.unicode),
                                  s.normalisation.folds_case);
  if (s.method == Method::kExact) return "exact " + normal;
  return fmt::format(
      "minhash {} units={} shingle={} bands={} rows={} seed={} min_jaccard={} max_bucket={}",
      normal, static_cast<int>(s.shingles.units), s.shingles.size, s.minhash.bands, s.minhash.rows,
      s.minhash.seed, s.minhash.min_jaccard, s.minhash.max_bucket);
}

base::Status FirstPass::add(const ScanCounts& counts, const Options& options, Report& report) {
  documents_of_piece.push_back(counts.documents);
  documents += counts.documents;
  if (documents >= ~Document{0})
    return base::failed("dedup.memory", "more than 4,294,967,294 documents in one run",
                        "split the input");
  report.documents_in = static_cast<std::int64_t>(documents);
  report.bytes_in += counts.bytes;
  report.bad_records += counts.bad;
  for (const std::string& sample : counts.bad_samples)
    if (report.bad_samples.size() < kBadSamples) report.bad_samples.push_back(sample);
  if (options.on_progress) options.on_progress(1, report.documents_in, report.bytes_in);
  return {};
}

void add_totals(RewriteTotals totals, Report& report) {
  report.documents_out = totals.documents_out;
  report.duplicates = report.documents_in - report.documents_out;
  report.changed = totals.changed;
  report.removed_bytes = totals.removed_bytes;
  report.kept = std::move(totals.kept);
}

base::Result<Report> dedup(const Options& options) {
  CHECK_OK(check(options));
  TRY(auto inputs, list_inputs(options.inputs, options.input_format));
  const std::size_t memory = options.memory_mb << 20;
  Job job{.options = options,
          .scan = {.inputs = std::move(inputs),
                   .limits = {},
                   .threads = std::max(options.threads, 1U),
                   .stops_at_bad = options.stops_at_bad_record,
                   .stop = options.stop},
          .memory_bytes = memory,
          .spill = spill_folder(options)};
  // Small memories get small pieces: documents are whole in any case.
  job.scan.limits.piece_bytes =
      std::clamp<std::size_t>(memory / (16 * job.scan.threads), 64U << 10, 1U << 20);
  switch (options.settings.method) {
    case Method::kLines:
      return dedup_lines(job);
    case Method::kSubstring:
      return dedup_substrings(job);
    case Method::kMinhash:
    case Method::kExact:
      break;
  }
  return dedup_documents(job);
}

std::vector<Document> cluster_texts(const std::vector<std::string_view>& texts,
                                    const Settings& settings) {
  Clusters clusters;
  clusters.grow(texts.size());
  Fingerprinter prints(settings);
  std::unordered_map<std::uint64_t, std::vector<Document>> buckets;
  std::vector<std::vector<Shingle>> sets(texts.size());
  const bool is_exact = settings.method == Method::kExact;
  for (Document i = 0; i < texts.size(); ++i) {
    FingerprintPart part;
    prints.add(texts[i], part);
    sets[i] = std::move(part.shingles);
    make_set(sets[i]);
    if (is_exact) part.band_keys = {part.hashes[0].high ^ part.hashes[0].low};
    for (const std::uint64_t key : part.band_keys) {
      for (const Document other : buckets[key])
        if (clusters.find(other) != clusters.find(i) &&
            (is_exact || jaccard(sets[other].data(), sets[other].size(), sets[i].data(),
                                 sets[i].size()) >= settings.minhash.min_jaccard))
          clusters.join(other, i);
      buckets[key].push_back(i);
    }
  }
  return clusters.flatten();
}

}  // namespace fulcrum::data::dedup
