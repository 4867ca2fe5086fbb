#include "data/pipeline/explain.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/records/piece_reader.h"

namespace fulcrum::data {

namespace {

constexpr std::size_t kMostFiles = 20;
constexpr std::size_t kSamplePieceBytes = 256U << 10;

/// One record's way: for each step whether it came there, what it cost and whether it was dropped.
struct Way {
  struct Step {
    bool reached = false, dropped = false;
    double cost_s = 0;
  };
  std::vector<Step> steps;
  double shared_s = 0;
};

/// [begin, end) of steps that may change places.
struct Segment {
  std::size_t begin = 0, end = 0;
};

std::vector<Segment> segments_of(const Pipeline& pipeline) {
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    const bool joins =
        i > 0 && pipeline.steps[i].op->only_drops() && pipeline.steps[i - 1].op->only_drops();
    if (joins)
      segments.back().end = i + 1;
    else
      segments.push_back({i, i + 1});
  }
  return segments;
}

class Sampler {
 public:
  Sampler(const Pipeline& pipeline, const ExplainOptions& options)
      : pipeline_(pipeline),
        options_(options),
        segments_(segments_of(pipeline)),
        item_(pipeline.fields, pipeline.language) {}

  /// Within a segment every step sees every record, so that any order can be reckoned afterwards.
  void follow(Record& record) {
    Way way{.steps = std::vector<Way::Step>(pipeline_.steps.size()), .shared_s = 0};
    bool alive = true;
    item_.begin(record);
    for (const Segment& segment : segments_) {
      if (!alive) break;
      const double before = options_.cpu_s();
      item_.words();
      way.shared_s += options_.cpu_s() - before;
      for (std::size_t i = segment.begin; i < segment.end; ++i) {
        const double start = options_.cpu_s();
        const bool dropped = pipeline_.steps[i].op->apply(item_).is_drop();
        way.steps[i] = {true, dropped, options_.cpu_s() - start};
        alive = alive && !dropped;
      }
    }
    ways_.push_back(std::move(way));
  }

  Explanation conclude() const {
    Explanation result;
    result.records = static_cast<std::int64_t>(ways_.size());
    std::vector<std::size_t> written(pipeline_.steps.size());
    std::iota(written.begin(), written.end(), std::size_t{0});
    double shared = 0;
    for (const Way& way : ways_) shared += way.shared_s;
    const double records = std::max<double>(1, static_cast<double>(ways_.size()));
    result.shared_us_per_record = shared * 1e6 / records;
    result.order = best_order();
    result.us_per_record = result.shared_us_per_record + cost(written) * 1e6 / records;
    result.us_per_record_reordered =
        result.shared_us_per_record + cost(result.order) * 1e6 / records;
    if (result.us_per_record_reordered >= result.us_per_record) {
      result.order = written;
      result.us_per_record_reordered = result.us_per_record;
    }
    estimate_steps(result);
    return result;
  }

 private:
  double cost(const std::vector<std::size_t>& order) const {
    double sum = 0;
    for (const Way& way : ways_)
      for (const std::size_t i : order) {
        if (!way.steps[i].reached) break;
        sum += way.steps[i].cost_s;
        if (way.steps[i].dropped) break;
      }
    return sum;
  }

  /// Greedy: next comes what drops most per second among the records that are left.
  std::vector<std::size_t> best_order() const {
    std::vector<std::size_t> order;
    for (const Segment& segment : segments_) {
      std::vector<std::size_t> left(segment.end - segment.begin);
      std::iota(left.begin(), left.end(), segment.begin);
      std::vector<bool> gone(ways_.size());
      while (!left.empty()) {
        const auto best = std::max_element(left.begin(), left.end(), [&](auto a, auto b) {
          return drops_per_second(a, gone) < drops_per_second(b, gone);
        });
        for (std::size_t w = 0; w < ways_.size(); ++w)
          if (ways_[w].steps[*best].dropped) gone[w] = true;
        order.push_back(*best);
        left.erase(best);
      }
    }
    return order;
  }

  double drops_per_second(std::size_t step, const std::vector<bool>& gone) const {
    double seconds = 1e-12, drops = 0;
    for (std::size_t w = 0; w < ways_.size(); ++w) {
      if (gone[w] || !ways_[w].steps[step].reached) continue;
      seconds += ways_[w].steps[step].cost_s;
      drops += ways_[w].steps[step].dropped;
    }
    return drops / seconds;
  }

  void estimate_steps(Explanation& result) const {
    for (std::size_t i = 0; i < pipeline_.steps.size(); ++i) {
      StepEstimate step{.step = pipeline_.steps[i].name};
      double seconds = 0, measured = 0;
      for (const Way& way : ways_) {
        if (!way.steps[i].reached) continue;
        seconds += way.steps[i].cost_s;
        ++measured;
        const bool came =
            std::none_of(way.steps.begin(), way.steps.begin() + static_cast<std::ptrdiff_t>(i),
                         [](const Way::Step& s) { return s.dropped; });
        step.reached += came;
        step.dropped += came && way.steps[i].dropped;
      }
      step.us_per_record = measured > 0 ? seconds * 1e6 / measured : 0;
      wilson(step);
      result.steps.push_back(std::move(step));
    }
  }

  /// Wilson 1927, z = 1.96.
  static void wilson(StepEstimate& step) {
    if (step.reached == 0) {
      step.dropped_high = 1;
      return;
    }
    constexpr double kZ = 1.959964;
    const auto n = static_cast<double>(step.reached);
    const double p = static_cast<double>(step.dropped) / n;
    const double middle = (p + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
    const double half = kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
    step.dropped_low = std::max(0.0, middle - half);
    step.dropped_high = std::min(1.0, middle + half);
  }

  const Pipeline& pipeline_;
  const ExplainOptions& options_;
  std::vector<Segment> segments_;
  Item item_;
  std::vector<Way> ways_;
};

}  // namespace

base::Result<Explanation> explain(const Pipeline& pipeline, const RunOptions& run,
                                  const ExplainOptions& options) {
  TRY(auto inputs, list_inputs(run.inputs, run.input_format));
  const std::size_t files = std::min(inputs.size(), kMostFiles);
  const std::int64_t per_file =
      std::max<std::int64_t>(1, options.records / static_cast<std::int64_t>(files));
  Sampler sampler(pipeline, options);
  std::int64_t bytes = 0;
  for (std::size_t f = 0; f < files; ++f) {
    const Input& input = inputs[f * inputs.size() / files];
    PieceReader reader({input},
                       {.piece_bytes = kSamplePieceBytes,
                        .record_bytes = static_cast<std::size_t>(pipeline.max_record_mb) << 20});
    const auto parser = input.format->parser();
    Record record;
    Piece piece;
    for (std::int64_t taken = 0; taken < per_file;) {
      TRY(const bool any, reader.next(piece));
      if (!any) break;
      parser->start(piece);
      RecordPlace place;
      bool more = true;
      for (; more && taken < per_file; ++taken) {
        const auto read = parser->next(record, place);
        if (!read) continue;
        more = *read;
        if (more) sampler.follow(record);
      }
      bytes += static_cast<std::int64_t>(piece.size);
    }
  }
  Explanation result = sampler.conclude();
  result.files = static_cast<std::int64_t>(files);
  result.bytes = bytes;
  return result;
}

void reorder(Pipeline& pipeline, const std::vector<std::size_t>& order) {
  std::vector<PipelineStep> steps;
  for (const std::size_t i : order) steps.push_back(std::move(pipeline.steps[i]));
  pipeline.steps = std::move(steps);
}

}  // namespace fulcrum::data
