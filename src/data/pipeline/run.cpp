#include "data/pipeline/run.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "data/pipeline/columns.h"
#include "data/pipeline/journal.h"
#include "data/pipeline/ordered_pool.h"
#include "data/pipeline/output_file.h"
#include "data/pipeline/worker.h"
#include "data/records/piece_reader.h"

namespace fulcrum::data {

namespace {

constexpr std::uint64_t kJournalEveryBytes = 64U << 20;

struct Task {
  Piece piece;
  const Format* format = nullptr;
  PiecePosition after;
  std::optional<base::Error> error;  // of reading: the piece is empty then
  std::string place;
};

struct Done {
  PieceResult result;
  PiecePosition after;
};

/// What must be equal for a run to go on where another stopped.
std::string identity_of(const Pipeline& pipeline, const RunOptions& options,
                        const std::vector<Input>& inputs) {
  std::string all =
      fmt::format("{}|{}|{}|{}|{}", pipeline.identity, options.output_format, options.piece_bytes,
                  options.output.string(), options.decisions.string());
  for (const Input& input : inputs) {
    std::error_code code;
    const auto bytes = std::filesystem::file_size(input.path, code);
    const auto time = std::filesystem::last_write_time(input.path, code);
    all += fmt::format("|{}:{}:{}", input.path.string(), bytes, time.time_since_epoch().count());
  }
  return base::sha256_hex(all);
}

std::filesystem::path journal_path(const RunOptions& options) {
  const auto& beside = options.output.empty() ? options.decisions : options.output;
  return beside.string() + ".journal";
}

std::vector<std::string> order_of(const Pipeline& pipeline) {
  std::vector<std::string> names;
  for (const PipelineStep& step : pipeline.steps) names.push_back(step.name);
  return names;
}

class Run {
 public:
  Run(const Pipeline& pipeline, const RunOptions& options)
      : pipeline_(pipeline), options_(options) {}

  base::Result<RunReport> go() {
    CHECK_OK(open());
    RunReport report;
    report.resumed_records = progress_.account.records_in;
    run_ordered<Task, Done>(
        std::max(options_.threads, 1U), [this] { return next_task(); },
        [this] { return make_worker(); }, [this](Done& done) { return take(done); });
    if (error_) {
      CHECK_OK(keep_progress());
      return base::Failure(*error_);
    }
    CHECK_OK(finish());
    report.account = std::move(progress_.account);
    return report;
  }

 private:
  bool writes() const { return !options_.output.empty(); }
  bool decides() const { return !options_.decisions.empty(); }
  base::Status open() {
    TRY(auto inputs, list_inputs(options_.inputs, options_.input_format));
    if (writes()) {
      const std::string name = options_.output.filename().string();
      if (options_.output_format.empty()) {
        TRY(output_format_, format_of(name));
      } else {
        TRY(output_format_, find_format(options_.output_format));
      }
      if (!output_format_->writer({}))
        return base::usage("format.read_only", fmt::format("{}: this format is only read", name),
                           "out", "write .jsonl");
    }
    progress_.identity = identity_of(pipeline_, options_, inputs);
    progress_.order = order_of(pipeline_);
    if (writes() || decides()) {
      TRY(auto earlier, read_journal(journal_path(options_), progress_.identity));
      if (earlier && earlier->order == progress_.order) progress_ = std::move(*earlier);
    }
    if (writes()) {
      TRY(output_, OutputFile::open(options_.output, progress_.output_bytes));
      if (output_format_->has_columns()) {
        TRY(columns_, output_columns(pipeline_, inputs, limits()));
      }
      if (progress_.output_bytes == 0)
        CHECK_OK(output_.append(packed(output_format_->writer(columns_)->head(), packing())));
    }
    if (decides()) {
      TRY(decisions_, OutputFile::open(options_.decisions, progress_.decision_bytes));
    }
    reader_ = std::make_unique<PieceReader>(std::move(inputs), limits());
    reader_->seek(progress_.next);
    return {};
  }

  std::optional<Task> next_task() {
    if (options_.stop && *options_.stop) return std::nullopt;
    Task task;
    task.place = place_of(reader_->position());
    auto any = reader_->next(task.piece);
    if (any && !*any) return std::nullopt;
    if (!any)
      task.error = std::move(any).error();
    else
      task.format = reader_->inputs()[task.piece.file].format;
    task.after = reader_->position();
    return task;
  }

  std::string place_of(const PiecePosition& position) const {
    if (position.file >= reader_->inputs().size()) return {};
    return fmt::format("{}:{}", reader_->inputs()[position.file].path.filename().string(),
                       position.line);
  }

  std::function<Done(Task&)> make_worker() {
    auto worker = std::make_shared<Worker>(
        pipeline_, output_format_ ? output_format_->writer(columns_) : nullptr, packing(),
        decides());
    return [this, worker](Task& task) {
      Done done{.result = {}, .after = task.after};
      if (task.error)
        done.result = unread(task);
      else
        done.result = worker->run(task.piece, *task.format);
      return done;
    };
  }

  PieceLimits limits() const {
    return {.piece_bytes = options_.piece_bytes,
            .record_bytes = static_cast<std::size_t>(pipeline_.max_record_mb) << 20};
  }

  Packing packing() const {
    return writes() ? packing_of(options_.output.filename().string()) : Packing::kNone;
  }

  /// A file that cannot be read on, or a record too long to hold.
  PieceResult unread(const Task& task) const {
    PieceResult result;
    const bool skips =
        pipeline_.bad_records == BadRecords::kSkip && task.error->code != "file.read";
    if (!skips) {
      result.error = task.error;
      return result;
    }
    result.account.records_in = result.account.bad.dropped = 1;
    add_sample(result.account.bad,
               {.rank = sample_rank(task.place, 0),
                .place = task.error->field.empty() ? task.place : task.error->field,
                .id = {},
                .before = task.error->message,
                .after = {}});
    if (decides()) result.decisions = "{\"id\":null,\"keep\":false,\"rule\":\"bad_record\"}\n";
    return result;
  }

  bool take(Done& done) {
    PieceResult& result = done.result;
    if (result.error) {
      error_ = std::move(result.error);
      return false;
    }
    if (auto written = write(result); !written) {
      error_ = std::move(written).error();
      return false;
    }
    progress_.account.add(result.account);
    progress_.next = done.after;
    progress_.output_bytes = output_.bytes();
    progress_.decision_bytes = decisions_.bytes();
    since_journal_ += static_cast<std::uint64_t>(result.account.bytes_in);
    if (since_journal_ >= kJournalEveryBytes) {
      if (auto kept = keep_progress(); !kept) {
        error_ = std::move(kept).error();
        return false;
      }
    }
    if (options_.on_progress) options_.on_progress(progress_.account);
    return true;
  }

  base::Status write(const PieceResult& result) {
    if (writes()) CHECK_OK(output_.append(result.output));
    if (decides()) CHECK_OK(decisions_.append(result.decisions));
    return {};
  }

  base::Status keep_progress() {
    since_journal_ = 0;
    if (!writes() && !decides()) return {};
    if (writes()) CHECK_OK(output_.sync());
    if (decides()) CHECK_OK(decisions_.sync());
    return write_journal(journal_path(options_), progress_);
  }

  base::Status finish() {
    if (options_.stop && *options_.stop) {
      CHECK_OK(keep_progress());
      return base::failed("run.stopped", "the run was stopped",
                          "the same command goes on where it stopped");
    }
    if (writes()) CHECK_OK(output_.finish());
    if (decides()) CHECK_OK(decisions_.finish());
    std::error_code ignored;
    std::filesystem::remove(journal_path(options_), ignored);
    return {};
  }

  const Pipeline& pipeline_;
  const RunOptions& options_;
  const Format* output_format_ = nullptr;
  std::vector<std::string> columns_;  // of a table that is written
  std::unique_ptr<PieceReader> reader_;
  OutputFile output_, decisions_;
  Progress progress_;
  std::uint64_t since_journal_ = 0;
  std::optional<base::Error> error_;
};

}  // namespace

base::Result<std::optional<std::vector<std::string>>> order_of_stopped_run(
    const Pipeline& pipeline, const RunOptions& options) {
  if (options.output.empty() && options.decisions.empty())
    return std::optional<std::vector<std::string>>();
  TRY(const auto inputs, list_inputs(options.inputs, options.input_format));
  TRY(auto earlier, read_journal(journal_path(options), identity_of(pipeline, options, inputs)));
  if (!earlier) return std::optional<std::vector<std::string>>();
  return std::optional(std::move(earlier->order));
}

base::Result<RunReport> run_pipeline(const Pipeline& pipeline, const RunOptions& options) {
  return Run(pipeline, options).go();
}

}  // namespace fulcrum::data
