#include "data/pipeline/worker.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

namespace fulcrum::data {

namespace {

std::string gzip_member(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd_frame(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

}  // namespace

std::string packed(std::string plain, Packing packing) {
  if (plain.empty()) return {};
  switch (packing) {
    case Packing::kGzip:
      return gzip_member(plain);
    case Packing::kZstd:
      return zstd_frame(plain);
    case Packing::kNone:
      break;
  }
  return plain;
}

Packing packing_of(std::string_view file_name) {
  if (file_name.ends_with(".gz")) return Packing::kGzip;
  return file_name.ends_with(".zst") ? Packing::kZstd : Packing::kNone;
}

Worker::Worker(const Pipeline& pipeline, std::unique_ptr<RecordWriter> writer, Packing packing,
               bool decisions)
    : pipeline_(pipeline),
      writer_(std::move(writer)),
      packing_(packing),
      decisions_(decisions),
      item_(pipeline_.fields, pipeline_.language) {}

PieceResult Worker::run(const Piece& piece, const Format& format) {
  auto& parser = parsers_[&format];
  if (!parser) parser = format.parser();
  PieceResult result;
  result.account.steps.resize(pipeline_.steps.size());
  for (std::size_t i = 0; i < pipeline_.steps.size(); ++i)
    result.account.steps[i].rules.resize(pipeline_.steps[i].rules.size());
  result.account.bytes_in = static_cast<std::int64_t>(piece.size);
  plain_.clear();
  plain_.reserve(piece.size);
  file_name_ = piece.file_name;
  parser->start(piece);
  for (;;) {
    RecordPlace place;
    const auto any = parser->next(record_, place);
    if (any && !*any) break;
    ++result.account.records_in;
    line_ = place.line;
    const std::string where = fmt::format("{}:{}", piece.file_name, place.line);
    if (!any) {
      bad_record(any.error(), where, result);
      if (result.error) break;
      continue;
    }
    if (!decide(record_, where, result)) continue;
    ++result.account.records_out;
    if (!writer_) continue;
    if (const auto written = writer_->append(record_, plain_); !written) {
      result.error = written.error();
      result.error->field = where;
      break;
    }
  }
  result.output = packed(std::move(plain_), packing_);
  return result;
}

bool Worker::decide(Record& record, const std::string& place, PieceResult& result) {
  item_.begin(record);
  for (std::size_t i = 0; i < pipeline_.steps.size(); ++i) {
    const PipelineStep& step = pipeline_.steps[i];
    StepAccount& account_of_step = result.account.steps[i];
    ++account_of_step.records_in;
    const std::string_view before = item_.text();
    const Verdict verdict = step.op->apply(item_);
    if (verdict.kind == Verdict::Kind::kKeep) continue;
    account(account_of_step, verdict, place, before);
    if (verdict.is_drop()) {
      if (decisions_) note_decision(false, step.rules[verdict.rule], result.decisions);
      return false;
    }
  }
  result.account.changed += record.is_changed();
  if (decisions_) note_decision(true, "", result.decisions);
  return true;
}

void Worker::account(StepAccount& into, const Verdict& verdict, const std::string& place,
                     std::string_view before) {
  count(into.rules[verdict.rule], verdict, place, before);
  for (RuleSet more = verdict.more; more != 0; more &= more - 1)
    count(into.rules[static_cast<std::size_t>(std::countr_zero(more))], verdict, place, before);
}

void Worker::count(RuleAccount& rule, const Verdict& verdict, const std::string& place,
                   std::string_view before) {
  ++(verdict.is_drop() ? rule.dropped : rule.changed);
  const std::uint64_t rank = sample_rank(file_name_, line_);
  if (!wants_sample(rule, rank)) return;
  Sample sample{.rank = rank,
                .place = place,
                .id = std::string(item_.id()),
                .before = shown(before),
                .after = {}};
  if (!verdict.is_drop()) sample.after = shown(item_.text());
  add_sample(rule, std::move(sample));
}

/// The beginning of a text without what some step is there to hide.
std::string Worker::shown(std::string_view text) const {
  constexpr std::size_t kAhead = 200;  // so that no number is cut in two and overlooked
  std::string begin(sample_text(text, kSampleBytes + kAhead));
  for (const PipelineStep& step : pipeline_.steps) begin = step.op->shown(begin);
  return std::string(sample_text(begin));
}

void Worker::note_decision(bool keep, std::string_view rule, std::string& out) {
  out += "{\"id\":";
  const auto* id = record_.find(pipeline_.fields.id);
  if (id && !id->is_text)
    out += id->value;
  else
    append_json_string(item_.id(), out);
  out += keep ? ",\"keep\":true,\"rule\":" : ",\"keep\":false,\"rule\":";
  append_json_string(rule, out);
  out += "}\n";
}

void Worker::bad_record(const base::Error& error, const std::string& place, PieceResult& result) {
  if (pipeline_.bad_records == BadRecords::kStop) {
    result.error = error;
    result.error->field = place;
    return;
  }
  RuleAccount& bad = result.account.bad;
  ++bad.dropped;
  const std::uint64_t rank = sample_rank(file_name_, line_);
  if (wants_sample(bad, rank))
    add_sample(bad, {.rank = rank, .place = place, .id = {}, .before = error.message, .after = {}});
  if (decisions_) result.decisions += "{\"id\":null,\"keep\":false,\"rule\":\"bad_record\"}\n";
}

}  // namespace fulcrum::data
