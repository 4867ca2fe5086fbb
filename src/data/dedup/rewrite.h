#pragma once
// Second pass: what stays is written, in the order of the input, and what became of each document
// is noted.
#include <functional>
#include <vector>

#include "data/dedup/dedup.h"
#include "data/dedup/scan.h"

namespace fulcrum::data::dedup {

/// Bytes [begin, end) of a document's text that go.
struct Cut {
  std::uint32_t begin = 0, end = 0;
};

/// What pass 1 found, for the documents of one piece.
struct Decisions {
  struct Each {
    Document cluster = 0;
    bool kept = true;
    std::vector<Cut> cuts;             // kSubstring
    std::vector<std::uint64_t> lines;  // kLines: sorted hashes of lines that go
  };
  std::vector<Each> documents;
};

/// Turns a text into what stays of it.
using EditText = std::function<void(std::string_view text, const Decisions::Each&, std::string&)>;

struct RewriteTotals {
  std::int64_t documents_out = 0, changed = 0, removed_bytes = 0;
  std::vector<bool> kept;
};

/// `documents_of_piece`: as counted by the first pass; a difference is `dedup.input_changed`.
/// `decide` is called in order, with the number of the piece's first document in this input and how
/// many it holds. Outputs stay under their partial names until finish() of the answer.
class Rewriter {
 public:
  Rewriter(const Options& options, const ScanSettings& scan,
           const std::vector<std::uint32_t>& documents_of_piece);
  ~Rewriter();

  base::Result<RewriteTotals> run(
      const std::function<base::Result<Decisions>(std::uint64_t first, std::uint32_t count)>&
          decide,
      const EditText& edit);
  /// Gives the outputs their names. Fails with `file.write`.
  base::Status finish();

 private:
  struct Outputs;
  const Options& options_;
  const ScanSettings& scan_;
  const std::vector<std::uint32_t>& documents_of_piece_;
  std::unique_ptr<Outputs> outputs_;
};

}  // namespace fulcrum::data::dedup
