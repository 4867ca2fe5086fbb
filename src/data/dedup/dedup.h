#pragma once
// Removes duplicates from files of records: two passes over the inputs, the first to compare, the
// second to write. What is written depends on inputs and settings (and the index) alone: not on
// threads, and not on how much memory there is.
#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/dedup/clusters.h"
#include "data/dedup/settings.h"

namespace fulcrum::data::dedup {

struct Options {
  Settings settings;
  std::vector<std::filesystem::path> inputs;  // files or folders
  std::filesystem::path output;               // empty: only decide
  std::filesystem::path clusters;             // {"id","cluster","kept"} a line; empty: none
  /// A folder that remembers all documents of earlier runs; made when absent. Methods kMinhash and
  /// kExact.
  std::filesystem::path index;
  std::filesystem::path spill;              // where temporary folders go; empty: beside the output
  std::string input_format, output_format;  // empty: by the files' names
  std::string text_field = "text", id_field = "id";
  bool stops_at_bad_record = false;
  unsigned threads = 1;
  /// Sorters, buffers and suffix arrays together stay below this. Beside it: 5 bytes a document
  /// (9 with Keep::kLongest; 16 for kSubstring) and about 6 MB a thread.
  std::size_t memory_mb = 1024;
  const std::atomic<bool>* stop = nullptr;  // asked between pieces
  /// From the calling thread, after pieces: documents and bytes so far, pass 1 or 2.
  std::function<void(int pass, std::int64_t documents, std::int64_t bytes)> on_progress;
};

struct Report {
  std::int64_t documents_in = 0, documents_out = 0, bytes_in = 0;
  std::int64_t bad_records = 0, without_text = 0;
  std::int64_t clusters = 0;    // of at least two documents, one of them from this input
  std::int64_t duplicates = 0;  // documents of this input that were dropped
  std::int64_t equal = 0, candidates = 0, verified = 0, capped = 0;  // near_duplicates.h
  std::int64_t known_documents = 0;                                  // in the index before
  std::int64_t removed_bytes = 0;                                    // kLines, kSubstring: of text
  std::int64_t changed = 0;                                          // likewise: records
  std::int64_t spilled_bytes = 0;
  std::vector<std::string> bad_samples;
  /// For each document of this input, in order: the number of its cluster's first document (counted
  /// through all runs of the index), and whether it stays.
  std::vector<Document> cluster;
  std::vector<bool> kept;
};

/// Fails with `dedup.setting`, `dedup.memory`, `dedup.input_changed`, `dedup.stopped`,
/// `index.settings`, `index.busy`, `index.damaged`, and as readers and writers do. Outputs and
/// index are replaced at the very end, the index last.
base::Result<Report> dedup(const Options& options);

/// The same in memory, for texts at hand: for each text the number of its cluster's first. Only
/// kMinhash and kExact.
std::vector<Document> cluster_texts(const std::vector<std::string_view>& texts,
                                    const Settings& settings);

}  // namespace fulcrum::data::dedup
