#include "train/batches.h"

#include <algorithm>
#include <utility>

#include "base/random.h"

namespace fulcrum::train {

namespace {

constexpr std::size_t kBatchesSortedTogether = 16;

template <class T>
void shuffle(std::vector<T>& values, base::Random& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

History thin_out(const History& sequence, double share, base::Random& random) {
  if (share <= 0) return sequence;
  History kept;
  for (const Item item : sequence)
    if (random.uniform() >= share) kept.push_back(item);
  return kept;
}

std::vector<History> cut_windows(const std::vector<History>& sequences, const BatchOptions& options,
                                 base::Random& random) {
  std::vector<History> windows;
  const std::size_t most = options.max_length;
  for (const auto& whole : sequences) {
    const History sequence = thin_out(whole, options.history_dropout, random);
    if (sequence.size() < 2) continue;
    // A window of n inputs also holds the last input's target; neighbours share one item.
    std::size_t from = 0;
    std::size_t inputs = sequence.size() - 1 <= most ? most : 1 + random.below(most);
    while (from + 1 < sequence.size()) {
      const std::size_t to = std::min(from + inputs, sequence.size() - 1);
      windows.emplace_back(sequence.begin() + static_cast<std::ptrdiff_t>(from),
                           sequence.begin() + static_cast<std::ptrdiff_t>(to) + 1);
      from = to;
      inputs = most;
    }
  }
  return windows;
}

Batch pad(const std::vector<History>& windows, std::size_t from, std::size_t to) {
  Batch batch;
  batch.rows = static_cast<std::int64_t>(to - from);
  for (std::size_t i = from; i < to; ++i)
    batch.length = std::max(batch.length, static_cast<std::int64_t>(windows[i].size()) - 1);
  const auto size = static_cast<std::size_t>(batch.rows * batch.length);
  batch.inputs.assign(size, 0);
  batch.targets.assign(size, -1);
  for (std::size_t i = from; i < to; ++i) {
    const std::size_t row = (i - from) * static_cast<std::size_t>(batch.length);
    for (std::size_t place = 0; place + 1 < windows[i].size(); ++place) {
      batch.inputs[row + place] = windows[i][place] + 1;
      batch.targets[row + place] = windows[i][place + 1];
    }
  }
  return batch;
}

}  // namespace

std::vector<Batch> epoch_batches(const std::vector<History>& sequences, const BatchOptions& options,
                                 std::uint64_t seed, std::uint64_t epoch) {
  base::Random random(mix_seed(seed, epoch));
  std::vector<History> windows = cut_windows(sequences, options, random);
  shuffle(windows, random);
  std::vector<Batch> batches;
  const std::size_t group = options.batch_size * kBatchesSortedTogether;
  for (std::size_t from = 0; from < windows.size(); from += group) {
    const std::size_t to = std::min(from + group, windows.size());
    std::stable_sort(windows.begin() + static_cast<std::ptrdiff_t>(from),
                     windows.begin() + static_cast<std::ptrdiff_t>(to),
                     [](const History& a, const History& b) { return a.size() < b.size(); });
    for (std::size_t i = from; i < to; i += options.batch_size)
      batches.push_back(pad(windows, i, std::min<std::size_t>(i + options.batch_size, to)));
  }
  shuffle(batches, random);
  return batches;
}

std::vector<Batch> split_rows(const Batch& batch, std::int64_t parts) {
  std::vector<Batch> result;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t from = batch.rows * part / parts, to = batch.rows * (part + 1) / parts;
    if (from == to) continue;
    Batch piece;
    piece.rows = to - from;
    for (std::int64_t i = from * batch.length; i < to * batch.length; ++i)
      if (batch.targets[static_cast<std::size_t>(i)] >= 0)
        piece.length = std::max(piece.length, i % batch.length + 1);
    for (std::int64_t row = from; row < to; ++row) {
      const std::int64_t start = row * batch.length;
      piece.inputs.insert(piece.inputs.end(), batch.inputs.begin() + start,
                          batch.inputs.begin() + start + piece.length);
      piece.targets.insert(piece.targets.end(), batch.targets.begin() + start,
                           batch.targets.begin() + start + piece.length);
    }
    result.push_back(std::move(piece));
  }
  return result;
}

std::int64_t count_targets(const Batch& batch) {
  return std::count_if(batch.targets.begin(), batch.targets.end(),
                       [](std::int64_t target) { return target >= 0; });
}

std::uint64_t mix_seed(std::uint64_t seed, std::uint64_t use) {
  base::Random random(seed ^ (use + 1) * 0x9e3779b97f4a7c15ull);
  return random.next();
}

}  // namespace fulcrum::train
