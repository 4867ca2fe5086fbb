#pragma once
// One thread's part of a run: a piece of input in, bytes for the output and an account out. What it
// makes depends on the piece alone.
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "data/pipeline/accounting.h"
#include "data/pipeline/pipeline.h"
#include "data/records/format.h"
#include "data/records/piece_reader.h"

namespace fulcrum::data {

enum class Packing { kNone, kGzip, kZstd };
/// By the file's name.
Packing packing_of(std::string_view file_name);
/// One gzip member or Zstandard frame; nothing stays nothing.
std::string packed(std::string plain, Packing packing);

struct PieceResult {
  std::string output;     // packed as the output's name asks for: one gzip member or frame a piece
  std::string decisions;  // JSON lines; empty unless asked for
  Accounting account;
  std::optional<base::Error> error;  // the run must stop here
};

class Worker {
 public:
  /// The pipeline must outlive the worker. `writer`: nullptr writes none.
  Worker(const Pipeline& pipeline, std::unique_ptr<RecordWriter> writer, Packing packing,
         bool decisions);

  PieceResult run(const Piece& piece, const Format& format);

 private:
  /// Through all steps; false: dropped.
  bool decide(Record& record, const std::string& place, PieceResult& result);
  void account(StepAccount& into, const Verdict& verdict, const std::string& place,
               std::string_view before);
  void count(RuleAccount& rule, const Verdict& verdict, const std::string& place,
             std::string_view before);
  std::string shown(std::string_view text) const;
  void note_decision(bool keep, std::string_view rule, std::string& out);
  void bad_record(const base::Error& error, const std::string& place, PieceResult& result);

  const Pipeline& pipeline_;
  std::unique_ptr<RecordWriter> writer_;
  Packing packing_;
  bool decisions_;
  Item item_;
  Record record_;
  std::map<const Format*, std::unique_ptr<RecordParser>> parsers_;
  std::string plain_;
  std::string_view file_name_;
  std::uint64_t line_ = 0;
};

}  // namespace fulcrum::data
