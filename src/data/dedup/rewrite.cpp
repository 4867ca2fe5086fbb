#include "data/dedup/rewrite.h"

#include <fmt/format.h>

#include "base/files.h"
#include "data/pipeline/columns.h"
#include "data/pipeline/output_file.h"
#include "data/pipeline/worker.h"
#include "data/text/unicode.h"

namespace fulcrum::data::dedup {

namespace {

struct Part {
  std::string output, clusters;
  std::int64_t out = 0, changed = 0, removed_bytes = 0;
  std::vector<bool> kept;
};

base::Failure input_changed() {
  return base::failed("dedup.input_changed", "the input changed while it was read",
                      "run again when nobody writes to it");
}

class Work final : public PieceWork<Part, Decisions> {
 public:
  Work(const Options& options, std::unique_ptr<RecordWriter> writer, Packing packing,
       const EditText& edit)
      : options_(options), writer_(std::move(writer)), packing_(packing), edit_(edit) {}

  void begin(const Decisions& decisions, Part&) override {
    decisions_ = &decisions;
    plain_.clear();
  }

  base::Status record(const ScannedRecord& scanned, Part& part) override {
    if (scanned.index >= decisions_->documents.size()) return input_changed();
    const Decisions::Each& each = decisions_->documents[scanned.index];
    bool kept = each.kept;
    std::int64_t removed = 0;
    if (kept && (!each.cuts.empty() || !each.lines.empty())) {
      removed = edit(scanned.record, each, kept);
      part.removed_bytes += removed;
      part.changed += kept && removed > 0;
    }
    part.kept.push_back(kept);
    part.out += kept;
    if (!options_.clusters.empty()) note(scanned, each.cluster, kept, removed, part.clusters);
    if (!kept || !writer_) return {};
    return writer_->append(scanned.record, plain_);
  }

  void end(Part& part) override { part.output = packed(plain_, packing_); }

 private:
  /// Returns how many bytes of text went; a text of which only white space is left goes whole.
  std::int64_t edit(Record& record, const Decisions::Each& each, bool& kept) {
    const std::string_view text = record.text(options_.text_field).value_or("");
    edit_(text, each, edited_);
    const auto removed = static_cast<std::int64_t>(text.size() - edited_.size());
    kept = removed == 0 || !text::strip(edited_).empty();
    if (removed > 0) record.set_text(options_.text_field, edited_);
    return removed;
  }

  void note(const ScannedRecord& scanned, Document cluster, bool kept, std::int64_t removed,
            std::string& out) const {
    out += "{\"id\":";
    const Record::Member* id = scanned.record.find(options_.id_field);
    if (!id)
      append_json_string(fmt::format("{}:{}", scanned.file_name, scanned.line), out);
    else if (id->is_text)
      append_json_string(id->value, out);
    else
      out += id->value;
    fmt::format_to(std::back_inserter(out), ",\"cluster\":{},\"kept\":{}", cluster, kept);
    const Method method = options_.settings.method;
    if (method == Method::kLines || method == Method::kSubstring)
      fmt::format_to(std::back_inserter(out), ",\"removed_bytes\":{}", removed);
    out += "}\n";
  }

  const Options& options_;
  std::unique_ptr<RecordWriter> writer_;
  Packing packing_;
  const EditText& edit_;
  const Decisions* decisions_ = nullptr;
  std::string plain_, edited_;
};

}  // namespace

struct Rewriter::Outputs {
  OutputFile output, clusters;
};

Rewriter::Rewriter(const Options& options, const ScanSettings& scan,
                   const std::vector<std::uint32_t>& documents_of_piece)
    : options_(options), scan_(scan), documents_of_piece_(documents_of_piece) {}
Rewriter::~Rewriter() = default;

base::Result<RewriteTotals> Rewriter::run(
    const std::function<base::Result<Decisions>(std::uint64_t, std::uint32_t)>& decide,
    const EditText& edit) {
  outputs_ = std::make_unique<Outputs>();
  const Format* format = nullptr;
  std::vector<std::string> columns;
  const std::string name = options_.output.filename().string();
  if (!options_.output.empty()) {
    if (options_.output_format.empty()) {
      TRY(format, format_of(name));
    } else {
      TRY(format, find_format(options_.output_format));
    }
    if (!format->writer({}))
      return base::usage("format.read_only", fmt::format("{}: this format is only read", name),
                         "out", "write .jsonl");
    if (format->has_columns()) {
      TRY(columns, output_columns(Pipeline{}, scan_.inputs, scan_.limits));
    }
    TRY(outputs_->output, OutputFile::open(options_.output, 0));
    CHECK_OK(outputs_->output.append(packed(format->writer(columns)->head(), packing_of(name))));
  }
  if (!options_.clusters.empty()) {
    TRY(outputs_->clusters, OutputFile::open(options_.clusters, 0));
  }
  RewriteTotals totals;
  std::uint64_t first = 0, piece = 0, taken = 0;
  std::int64_t documents = 0, bytes = 0;
  const auto status = scan<Part, Decisions>(
      scan_,
      [&]() -> base::Result<Decisions> {
        if (piece == documents_of_piece_.size()) return input_changed();
        const std::uint32_t count = documents_of_piece_[piece++];
        first += count;
        return decide(first - count, count);
      },
      [&] {
        return std::make_unique<Work>(options_, format ? format->writer(columns) : nullptr,
                                      packing_of(name), edit);
      },
      [&](const ScanCounts& counts, Part& part) -> base::Status {
        if (counts.documents != documents_of_piece_[taken++]) return input_changed();
        if (!options_.output.empty()) CHECK_OK(outputs_->output.append(part.output));
        if (!options_.clusters.empty()) CHECK_OK(outputs_->clusters.append(part.clusters));
        totals.documents_out += part.out;
        totals.changed += part.changed;
        totals.removed_bytes += part.removed_bytes;
        totals.kept.insert(totals.kept.end(), part.kept.begin(), part.kept.end());
        documents += counts.documents;
        bytes += counts.bytes;
        if (options_.on_progress) options_.on_progress(2, documents, bytes);
        return {};
      });
  if (!status) return base::Failure(status.error());
  if (taken != documents_of_piece_.size()) return input_changed();
  return totals;
}

base::Status Rewriter::finish() {
  if (!options_.output.empty()) CHECK_OK(outputs_->output.finish());
  if (!options_.clusters.empty()) CHECK_OK(outputs_->clusters.finish());
  return {};
}

}  // namespace fulcrum::data::dedup
