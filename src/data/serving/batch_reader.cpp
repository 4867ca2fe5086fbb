#include "data/serving/batch_reader.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace fulcrum::data::serving {

namespace {

/// From one reading thread to the consumer; used batches go back to be filled again.
class Lane {
 public:
  explicit Lane(unsigned ahead) : ahead_(ahead) {}

  /// False when the reader is being destroyed.
  bool put(Batch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_closed_ || ready_.size() < ahead_; });
    if (is_closed_) return false;
    ready_.push_back(std::move(batch));
    changed_.notify_all();
    return true;
  }
  Batch take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !ready_.empty(); });
    Batch batch = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return batch;
  }
  Batch reuse() {
    const std::lock_guard lock(mutex_);
    if (used_.empty()) return {};
    Batch batch = std::move(used_.back());
    used_.pop_back();
    return batch;
  }
  void give_back(Batch batch) {
    const std::lock_guard lock(mutex_);
    used_.push_back(std::move(batch));
  }
  void close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    changed_.notify_all();
  }

 private:
  const unsigned ahead_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> ready_;
  std::vector<Batch> used_;
  bool is_closed_ = false;
};

class PrefetchingReader final : public BatchReader {
 public:
  PrefetchingReader(const Corpus& corpus, Order order, const ReaderOptions& options)
      : corpus_(corpus),
        order_(std::move(order)),
        options_(options),
        steps_(options.shard.steps(options.end, options.uneven)),
        batches_((steps_ + options.batch - 1) / options.batch) {
    for (unsigned t = 0; t < options.threads; ++t) lanes_.emplace_back(options.ahead);
    for (unsigned t = 0; t < options.threads; ++t) threads_.emplace_back([this, t] { fill(t); });
  }
  ~PrefetchingReader() override {
    for (Lane& lane : lanes_) lane.close();
  }

  const Batch* next() override {
    if (current_.size() > 0) lane_of(given_ - 1).give_back(std::move(current_));
    current_ = {};
    if (given_ == batches_) {
      given_steps_ = steps_;
      return nullptr;
    }
    current_ = lane_of(given_).take();
    ++given_;
    given_steps_ = std::min(given_ * options_.batch, steps_);
    return &current_;
  }
  std::uint64_t position() const override { return options_.shard.resume_at(given_steps_); }

 private:
  Lane& lane_of(std::uint64_t batch) { return lanes_[batch % lanes_.size()]; }

  void fill(unsigned thread) {
    const std::uint64_t records = order_.is_mixture() ? options_.end : order_.records();
    for (std::uint64_t number = thread; number < batches_; number += lanes_.size()) {
      Batch batch = lanes_[thread].reuse();
      batch.bytes.clear();
      batch.ends.clear();
      const std::uint64_t first = number * options_.batch;
      const std::uint64_t last = std::min(first + options_.batch, steps_);
      for (std::uint64_t step = first; step < last; ++step) {
        const auto index = options_.shard.index(step, options_.end, records);
        batch.bytes += corpus_.record(order_.at(index));
        batch.ends.push_back(batch.bytes.size());
      }
      if (!lanes_[thread].put(std::move(batch))) return;
    }
  }

  const Corpus& corpus_;
  const Order order_;
  const ReaderOptions options_;
  const std::uint64_t steps_, batches_;
  std::uint64_t given_ = 0, given_steps_ = 0;
  Batch current_;
  std::deque<Lane> lanes_;
  std::vector<std::jthread> threads_;  // joined before the lanes go
};

}  // namespace

base::Result<std::unique_ptr<BatchReader>> read_batches(const Corpus& corpus,
                                                        const ReaderOptions& options) {
  CHECK_OK(options.shard.check());
  TRY(Order order, corpus.order(options.seed));
  return std::make_unique<PrefetchingReader>(corpus, std::move(order), options);
}

}  // namespace fulcrum::data::serving
