#include "data/dedup/scan.h"

#include <fmt/format.h>

namespace fulcrum::data::dedup::scan_detail {

namespace {

void count_bad(std::string what, ScanCounts& counts) {
  ++counts.bad;
  if (counts.bad_samples.size() < kBadSamples) counts.bad_samples.push_back(std::move(what));
}

}  // namespace

base::Status read_piece(const Piece& piece, RecordParser& parser, bool stops_at_bad,
                        ScanCounts& counts,
                        const std::function<base::Status(const ScannedRecord&)>& each) {
  counts.bytes += static_cast<std::int64_t>(piece.size);
  parser.start(piece);
  Record record;
  for (;;) {
    RecordPlace place;
    auto any = parser.next(record, place);
    if (any && !*any) return {};
    if (!any) {
      base::Error error = std::move(any).error();
      error.field = fmt::format("{}:{}", piece.file_name, place.line);
      if (stops_at_bad) return base::Failure(std::move(error));
      count_bad(fmt::format("{}: {}", error.field, error.message), counts);
      continue;
    }
    CHECK_OK(each({record, piece.file_name, place.line, counts.documents}));
    ++counts.documents;
  }
}

base::Status unread(const base::Error& error, bool stops_at_bad, ScanCounts& counts) {
  if (stops_at_bad || error.code == "file.read") return base::Failure(error);
  count_bad(fmt::format("{}: {}", error.field, error.message), counts);
  return {};
}

base::Failure stopped() {
  return base::failed("dedup.stopped", "the run was stopped; outputs and index are as before");
}

}  // namespace fulcrum::data::dedup::scan_detail
