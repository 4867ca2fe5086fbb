// data/pipeline/worker.h: JSON lines through the published web filters.
#include <algorithm>

#include "base/json.h"
#include "data/pipeline/worker.h"
#include "data/records/json_line.h"
#include "fuzz/fuzz.h"

namespace {

using namespace fulcrum;

const data::Pipeline& filters() {
  static const auto made = data::make_pipeline(*base::parse_json(
      R"({"steps": [{"fineweb": {"line_punct_thr": 0, "short_line_thr": 1, "new_line_ratio": 9,
                                 "char_duplicates_ratio": 0.9}},
                    {"gopher_repetition": {"top_n_grams": [0.9], "dup_n_grams": [0.9]}},
                    {"c4": {"min_num_sentences": 0, "min_words_per_line": 0}},
                    {"gopher_quality": {"min_doc_words": 1}}]})",
      "filters"));
  return *made;
}

data::Piece piece_of(std::string_view bytes) {
  data::Piece piece;
  piece.bytes = std::string(bytes) + std::string(data::kLinePaddingBytes, '\0');
  piece.size = bytes.size();
  piece.file_name = "fuzz.jsonl";
  return piece;
}

}  // namespace

FUZZ(pipeline) {
  const data::Format& format = **data::find_format("jsonl");
  data::Worker worker(filters(), format.writer({}), data::Packing::kNone, true);
  const data::PieceResult once = worker.run(piece_of(input), format);
  fuzz::must(!once.error, "no record stops a run that skips bad ones");
  fuzz::must(once.account.records_in >= once.account.records_out + once.account.bad.dropped,
             "what came is kept, dropped or bad");
  fuzz::must(
      std::count(once.decisions.begin(), once.decisions.end(), '\n') == once.account.records_in,
      "a decision for each record");
  data::Worker fresh(filters(), format.writer({}), data::Packing::kNone, true);
  const data::PieceResult again = fresh.run(piece_of(once.output), format);
  fuzz::must(again.account.bad.dropped == 0, "what was written can be read");
}
