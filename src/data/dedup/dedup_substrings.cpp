// Runs of bytes that stood before in the corpus. Texts are laid end to end on disk and cut into
// blocks of whole documents; each pair of blocks is sorted together, so that every pair of
// positions meets once whatever the memory.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "data/dedup/fingerprints.h"
#include "data/dedup/methods.h"
#include "data/dedup/sorter.h"
#include "data/dedup/suffixes.h"

namespace fulcrum::data::dedup {

namespace {

struct CutEntry {
  Document document = 0;
  Cut cut;
  auto operator<=>(const CutEntry& o) const {
    return std::tie(document, cut.begin, cut.end) <=> std::tie(o.document, o.cut.begin, o.cut.end);
  }
};

struct Part {
  std::string texts;                 // each followed by kSeparator
  std::vector<std::uint32_t> bytes;  // of each text
  std::int64_t without_text = 0;
};

class Work final : public PieceWork<Part, Nothing> {
 public:
  explicit Work(const std::string& field) : field_(field) {}
  void begin(const Nothing&, Part&) override {}
  base::Status record(const ScannedRecord& scanned, Part& part) override {
    const auto text = scanned.record.text(field_);
    part.without_text += !text;
    const std::size_t before = part.texts.size();
    part.texts += text.value_or("");
    std::replace(part.texts.begin() + static_cast<std::ptrdiff_t>(before), part.texts.end(),
                 kSeparator, '\xFE');
    part.bytes.push_back(static_cast<std::uint32_t>(part.texts.size() - before));
    part.texts += kSeparator;
    return {};
  }
  void end(Part&) override {}

 private:
  const std::string& field_;
};

/// Whole documents that stand together in the laid-out corpus.
struct Block {
  std::uint64_t begin = 0, end = 0;  // bytes
  Document first = 0, last = 0;      // documents [first, last)
};

class Substrings {
 public:
  explicit Substrings(const Job& job)
      : job_(job), window_(job.options.settings.substring.min_bytes) {}

  base::Result<Report> run() {
    TRY(folder_, SpillFolder::create(job_.spill));
    TRY(corpus_, folder_.new_file());
    CHECK_OK(lay_out());
    Sorter<CutEntry> cuts(folder_, job_.memory_bytes / 8);
    CHECK_OK(find(cuts));
    CHECK_OK(cuts.finish());
    return write(cuts);
  }

 private:
  base::Status lay_out() {
    CHECK_OK(scan<Part, Nothing>(
        job_.scan, []() -> base::Result<Nothing> { return Nothing{}; },
        [&] { return std::make_unique<Work>(job_.options.text_field); },
        [&](const ScanCounts& counts, Part& part) -> base::Status {
          CHECK_OK(pass_.add(counts, job_.options, report_));
          report_.without_text += part.without_text;
          std::uint64_t at = corpus_.bytes();
          for (const std::uint32_t bytes : part.bytes) {
            starts_.push_back(at);
            at += bytes + 1;
          }
          return corpus_.append(part.texts.data(), part.texts.size());
        }));
    starts_.push_back(corpus_.bytes());
    return corpus_.flush();
  }

  /// Documents as long as they fit into `most` bytes.
  base::Result<std::vector<Block>> blocks(std::uint64_t most) const {
    std::vector<Block> result;
    const auto documents = static_cast<Document>(pass_.documents);
    for (Document i = 0; i < documents;) {
      Block block{starts_[i], starts_[i], i, i};
      while (block.last < documents && starts_[block.last + 1] - block.begin <= most)
        block.end = starts_[++block.last];
      if (block.first == block.last)
        return base::failed("dedup.memory",
                            fmt::format("document {} has {} bytes: too long for a suffix array in "
                                        "this memory",
                                        i, starts_[i + 1] - starts_[i] - 1),
                            "raise memory_mb");
      result.push_back(block);
      i = block.last;
    }
    return result;
  }

  base::Status find(Sorter<CutEntry>& cuts) {
    // Text, suffix array and a bit a byte, in what the sorter leaves.
    const std::uint64_t whole =
        std::min<std::uint64_t>(job_.memory_bytes / 8 * 7 / (kSuffixBytes + 1), (1ULL << 31) - 1);
    if (corpus_.bytes() <= whole) {
      TRY(const auto all, blocks(whole));
      for (const Block& block : all) CHECK_OK(find_in({block}, cuts));
      return {};
    }
    TRY(const auto halves, blocks(whole / 2));
    for (std::size_t i = 0; i < halves.size(); ++i)
      for (std::size_t k = i + 1; k < halves.size(); ++k)
        CHECK_OK(find_in({halves[i], halves[k]}, cuts));
    return {};
  }

  base::Status find_in(const std::vector<Block>& together, Sorter<CutEntry>& cuts) {
    if (job_.options.stop && *job_.options.stop) return scan_detail::stopped();
    std::string text;
    std::size_t bytes = 0;
    for (const Block& block : together) bytes += block.end - block.begin;
    text.resize(bytes);
    std::size_t at = 0;
    for (const Block& block : together) {
      CHECK_OK(corpus_.read_at(block.begin, text.data() + at, block.end - block.begin));
      at += block.end - block.begin;
    }
    const std::vector<bool> repeated = repeated_windows(text, window_);
    at = 0;
    for (const Block& block : together)
      for (Document i = block.first; i < block.last; ++i) {
        const std::size_t size = starts_[i + 1] - starts_[i];
        CHECK_OK(add_cuts(i, repeated, at, size, cuts));
        at += size;
      }
    return {};
  }

  /// Windows that touch become one cut.
  base::Status add_cuts(Document document, const std::vector<bool>& repeated, std::size_t at,
                        std::size_t size, Sorter<CutEntry>& cuts) {
    for (std::size_t i = 0; i < size;) {
      if (!repeated[at + i]) {
        ++i;
        continue;
      }
      const std::size_t begin = i;
      std::size_t end = i + window_;
      for (; i < size && i <= end; ++i)
        if (repeated[at + i]) end = i + window_;
      CHECK_OK(cuts.add(
          {document, {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}}));
    }
    return {};
  }

  base::Result<Report> write(Sorter<CutEntry>& cuts) {
    CutEntry head;
    bool has = cuts.next(head);
    Rewriter rewriter(job_.options, job_.scan, pass_.documents_of_piece);
    const auto decide = [&](std::uint64_t first, std::uint32_t count) -> base::Result<Decisions> {
      Decisions decisions;
      decisions.documents.resize(count);
      for (std::uint32_t i = 0; i < count; ++i) {
        auto& each = decisions.documents[i];
        each.cluster = static_cast<Document>(first + i);
        for (; has && head.document == each.cluster; has = cuts.next(head))
          if (!each.cuts.empty() && head.cut.begin <= each.cuts.back().end)
            each.cuts.back().end = std::max(each.cuts.back().end, head.cut.end);
          else
            each.cuts.push_back(head.cut);
      }
      CHECK_OK(cuts.status());
      return decisions;
    };
    TRY(auto totals,
        rewriter.run(decide, [](std::string_view text, const Decisions::Each& each,
                                std::string& out) { cut_text(text, each.cuts, out); }));
    add_totals(std::move(totals), report_);
    report_.spilled_bytes = static_cast<std::int64_t>(folder_.spilled_bytes);
    CHECK_OK(rewriter.finish());
    return std::move(report_);
  }

  static bool is_inside_character(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  }

  /// Whole characters alone: a cut shrinks to their bounds.
  static void cut_text(std::string_view text, const std::vector<Cut>& cuts, std::string& out) {
    out.clear();
    std::size_t at = 0;
    for (const Cut& cut : cuts) {
      std::size_t begin = cut.begin, end = std::min<std::size_t>(cut.end, text.size());
      while (begin < end && is_inside_character(text, begin)) ++begin;
      while (end > begin && is_inside_character(text, end)) --end;
      out += text.substr(at, begin - at);
      at = end;
    }
    out += text.substr(at);
  }

  const Job& job_;
  const std::size_t window_;
  SpillFolder folder_;
  SpillFile corpus_;
  std::vector<std::uint64_t> starts_;
  FirstPass pass_;
  Report report_;
};

}  // namespace

base::Result<Report> dedup_substrings(const Job& job) {
  return Substrings(job).run();
}

}  // namespace fulcrum::data::dedup
