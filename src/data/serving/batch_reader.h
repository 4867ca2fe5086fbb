#pragma once
// Records of a corpus in the run's order, batch after batch, in this process; threads read ahead.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/serving/corpus.h"

namespace fulcrum::data::serving {

struct ReaderOptions {
  std::uint64_t seed = 0;
  Shard shard;            // where to begin, and this rank's part
  std::uint64_t end = 0;  // the run's last global index + 1
  Uneven uneven = Uneven::kDrop;
  std::uint32_t batch = 256;  // records, > 0; a rank's last batch may be smaller
  unsigned threads = 1;       // that read ahead, > 0
  unsigned ahead = 4;         // batches that each thread may have ready, > 0
};

/// The bytes of its records one behind the other; record i is [ends[i - 1], ends[i]).
struct Batch {
  std::string bytes;
  std::vector<std::uint64_t> ends;

  std::size_t size() const { return ends.size(); }
  std::string_view record(std::size_t i) const {
    const std::uint64_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(bytes).substr(begin, ends[i] - begin);
  }
};

/// For one consumer. Holds at most threads * (ahead + 1) + 1 batches. The order does not depend on
/// the threads.
class BatchReader {
 public:
  virtual ~BatchReader() = default;
  /// The next batch, valid until the next call; nullptr at the end.
  virtual const Batch* next() = 0;
  /// The global index at which a run goes on, at any world size, once all ranks have used as many
  /// records as this one was given.
  virtual std::uint64_t position() const = 0;
};

/// `corpus` must outlive the reader. Fails as Order::make and Shard::check.
base::Result<std::unique_ptr<BatchReader>> read_batches(const Corpus& corpus,
                                                        const ReaderOptions& options);

}  // namespace fulcrum::data::serving
