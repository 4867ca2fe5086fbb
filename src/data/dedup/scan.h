#pragma once
// One pass over the inputs: pieces to threads, parts back in the order of the input. Both passes of
// a run see the same documents with the same numbers.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/pipeline/ordered_pool.h"
#include "data/records/piece_reader.h"

namespace fulcrum::data::dedup {

/// A record that could be read.
struct ScannedRecord {
  Record& record;
  std::string_view file_name;
  std::uint64_t line = 0;
  std::size_t index = 0;  // in its piece
};

struct ScanCounts {
  std::uint32_t documents = 0;
  std::int64_t bad = 0, bytes = 0;
  std::vector<std::string> bad_samples;  // FILE:LINE: message
};

struct ScanSettings {
  std::vector<Input> inputs;
  PieceLimits limits;
  unsigned threads = 1;
  bool stops_at_bad = false;
  const std::atomic<bool>* stop = nullptr;
};

inline constexpr std::size_t kBadSamples = 10;

/// What a thread does with the records of a piece. One per thread.
template <class Part, class Ahead>
class PieceWork {
 public:
  virtual ~PieceWork() = default;
  virtual void begin(const Ahead& ahead, Part& part) = 0;
  /// An error stops the scan.
  virtual base::Status record(const ScannedRecord& record, Part& part) = 0;
  virtual void end(Part& part) = 0;
};

namespace scan_detail {
/// Reads every record of a piece. Fails as `each`, and with what is wrong where bad records stop.
base::Status read_piece(const Piece& piece, RecordParser& parser, bool stops_at_bad,
                        ScanCounts& counts,
                        const std::function<base::Status(const ScannedRecord&)>& each);
/// A file that cannot be read on, or a record too long.
base::Status unread(const base::Error& error, bool stops_at_bad, ScanCounts& counts);
base::Failure stopped();
}  // namespace scan_detail

/// `ahead` is called in order, before a piece is handed out; `take` in order, on the calling
/// thread. Fails with `dedup.stopped`, as readers do, and as the callbacks.
template <class Part, class Ahead>
base::Status scan(const ScanSettings& settings, const std::function<base::Result<Ahead>()>& ahead,
                  const std::function<std::unique_ptr<PieceWork<Part, Ahead>>()>& make_work,
                  const std::function<base::Status(const ScanCounts&, Part&)>& take) {
  struct Task {
    Piece piece;
    Ahead ahead;
    base::Status read;
    base::Status failed;
  };
  struct Done {
    ScanCounts counts;
    Part part;
    base::Status status;
  };
  PieceReader reader(settings.inputs, settings.limits);
  base::Status result;
  const auto next = [&]() -> std::optional<Task> {
    if (settings.stop && *settings.stop) return std::nullopt;
    Task task;
    auto any = reader.next(task.piece);
    if (any && !*any) return std::nullopt;
    if (!any) task.read = base::Failure(std::move(any).error());
    auto made = ahead();
    if (made)
      task.ahead = std::move(*made);
    else
      task.failed = base::Failure(std::move(made).error());
    return task;
  };
  const auto worker = [&]() -> std::function<Done(Task&)> {
    std::shared_ptr<PieceWork<Part, Ahead>> work = make_work();
    auto parsers = std::make_shared<std::map<const Format*, std::unique_ptr<RecordParser>>>();
    return [&settings, work, parsers](Task& task) {
      Done done;
      done.status = std::move(task.failed);
      if (!done.status) return done;
      work->begin(task.ahead, done.part);
      if (!task.read) {
        done.status = scan_detail::unread(task.read.error(), settings.stops_at_bad, done.counts);
      } else {
        const Format* format = settings.inputs[task.piece.file].format;
        auto& parser = (*parsers)[format];
        if (!parser) parser = format->parser();
        done.status = scan_detail::read_piece(
            task.piece, *parser, settings.stops_at_bad, done.counts,
            [&](const ScannedRecord& record) { return work->record(record, done.part); });
      }
      work->end(done.part);
      return done;
    };
  };
  run_ordered<Task, Done>(std::max(settings.threads, 1U), next, worker, [&](Done& done) {
    result = std::move(done.status);
    if (result) result = take(done.counts, done.part);
    return result.has_value();
  });
  if (result && settings.stop && *settings.stop) return scan_detail::stopped();
  return result;
}

}  // namespace fulcrum::data::dedup
