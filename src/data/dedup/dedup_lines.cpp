// Lines that stand in several documents.
#include <algorithm>

#include "data/dedup/fingerprints.h"
#include "data/dedup/methods.h"
#include "data/dedup/normalise.h"
#include "data/dedup/sorter.h"
#include "data/text/lines.h"
#include "data/text/unicode.h"

namespace fulcrum::data::dedup {

namespace {

struct LineEntry {
  std::uint64_t hash = 0;
  Document document = 0;
  std::uint32_t unused = 0;
  auto operator<=>(const LineEntry&) const = default;
};

struct DropEntry {
  Document document = 0;
  std::uint32_t unused = 0;
  std::uint64_t hash = 0;
  auto operator<=>(const DropEntry&) const = default;
};

/// Scratch of one thread.
class LineHasher {
 public:
  explicit LineHasher(const Settings& settings) : settings_(settings) {}
  /// False for a line too short to count.
  bool hash(std::string_view line, std::uint64_t& into) {
    line = text::strip(line);
    if (line.size() < settings_.lines.min_chars ||
        text::code_points(line) < settings_.lines.min_chars)
      return false;
    collapse_spaces(normalise(line, settings_.normalisation, normal_), collapsed_);
    into = hash128(collapsed_).low;
    return true;
  }

 private:
  const Settings& settings_;
  std::string normal_, collapsed_;
};

struct Part {
  std::vector<std::uint64_t> hashes;
  std::vector<std::uint32_t> counts;  // lines of each document
  std::int64_t without_text = 0;
};

class Work final : public PieceWork<Part, Nothing> {
 public:
  Work(const Settings& settings, const std::string& field) : hasher_(settings), field_(field) {}
  void begin(const Nothing&, Part&) override {}
  base::Status record(const ScannedRecord& scanned, Part& part) override {
    const std::size_t before = part.hashes.size();
    const auto text = scanned.record.text(field_);
    part.without_text += !text;
    text::split_newlines(text.value_or(""), lines_);
    std::uint64_t hash = 0;
    for (const std::string_view line : lines_)
      if (hasher_.hash(line, hash)) part.hashes.push_back(hash);
    const auto first = part.hashes.begin() + static_cast<std::ptrdiff_t>(before);
    std::sort(first, part.hashes.end());
    part.hashes.erase(std::unique(first, part.hashes.end()), part.hashes.end());
    part.counts.push_back(static_cast<std::uint32_t>(part.hashes.size() - before));
    return {};
  }
  void end(Part&) override {}

 private:
  LineHasher hasher_;
  const std::string& field_;
  text::Lines lines_;
};

/// Of a line in more documents than the setting allows, every document but the first.
base::Status find_drops(Sorter<LineEntry>& lines, std::size_t max_documents,
                        Sorter<DropEntry>& drops) {
  CHECK_OK(lines.finish());
  std::uint64_t hash = 0;
  std::vector<Document> waiting;  // of this line, while it may still be rare enough
  std::size_t seen = 0;
  for (LineEntry entry; lines.next(entry);) {
    if (seen == 0 || entry.hash != hash) {
      hash = entry.hash;
      seen = 0;
      waiting.clear();
    }
    if (++seen > 1) waiting.push_back(entry.document);
    if (seen <= max_documents) continue;
    for (const Document document : waiting) CHECK_OK(drops.add({document, 0, hash}));
    waiting.clear();
  }
  CHECK_OK(lines.status());
  return drops.finish();
}

/// Drops come in the order of documents, as documents do.
class DropStream {
 public:
  explicit DropStream(Sorter<DropEntry>& drops) : drops_(drops) { has_ = drops_.next(head_); }
  base::Result<Decisions> next(std::uint64_t first, std::uint32_t count) {
    Decisions decisions;
    decisions.documents.resize(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      auto& each = decisions.documents[i];
      each.cluster = static_cast<Document>(first + i);
      for (; has_ && head_.document == each.cluster; has_ = drops_.next(head_))
        each.lines.push_back(head_.hash);
    }
    CHECK_OK(drops_.status());
    return decisions;
  }

 private:
  Sorter<DropEntry>& drops_;
  DropEntry head_;
  bool has_;
};

void drop_lines(std::string_view text, const Settings& settings, const Decisions::Each& each,
                std::string& out) {
  out.clear();
  LineHasher hasher(settings);
  text::Lines lines;
  text::split_newlines(text, lines);
  bool is_first = true;
  for (const std::string_view line : lines) {
    std::uint64_t hash = 0;
    if (hasher.hash(line, hash) && std::binary_search(each.lines.begin(), each.lines.end(), hash))
      continue;
    if (!is_first) out += '\n';
    is_first = false;
    out += line;
  }
}

}  // namespace

base::Result<Report> dedup_lines(const Job& job) {
  const Settings& settings = job.options.settings;
  Report report;
  TRY(SpillFolder folder, SpillFolder::create(job.spill));
  Sorter<DropEntry> drops(folder, job.memory_bytes / 4);
  FirstPass pass;
  {
    Sorter<LineEntry> lines(folder, job.memory_bytes / 2);
    CHECK_OK(scan<Part, Nothing>(
        job.scan, []() -> base::Result<Nothing> { return Nothing{}; },
        [&] { return std::make_unique<Work>(settings, job.options.text_field); },
        [&](const ScanCounts& counts, Part& part) -> base::Status {
          auto document = static_cast<Document>(pass.documents);
          CHECK_OK(pass.add(counts, job.options, report));
          report.without_text += part.without_text;
          std::size_t at = 0;
          for (const std::uint32_t count : part.counts) {
            for (std::uint32_t i = 0; i < count; ++i)
              CHECK_OK(lines.add({part.hashes[at++], document, 0}));
            ++document;
          }
          return {};
        }));
    CHECK_OK(find_drops(lines, std::max(settings.lines.max_documents, 1U), drops));
  }
  DropStream stream(drops);
  Rewriter rewriter(job.options, job.scan, pass.documents_of_piece);
  TRY(auto totals, rewriter.run([&](std::uint64_t first,
                                    std::uint32_t count) { return stream.next(first, count); },
                                [&](std::string_view text, const Decisions::Each& each,
                                    std::string& out) { drop_lines(text, settings, each, out); }));
  add_totals(std::move(totals), report);
  report.spilled_bytes = static_cast<std::int64_t>(folder.spilled_bytes);
  CHECK_OK(rewriter.finish());
  return report;
}

}  // namespace fulcrum::data::dedup
