#include "data/serving/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/hash.h"

namespace fulcrum::data::serving {

namespace {

constexpr std::uint64_t kEndless = std::numeric_limits<std::uint64_t>::max();

/// The first 128 bits of SHA-256 over what the order depends on, the text led by its length.
OrderKey key_of(std::string_view purpose, std::string_view version, std::uint64_t seed,
                std::uint64_t source) {
  const auto digest = base::sha256(fmt::format("fulcrum order 1\n{}\n{}\n{}\n{}\n{}", purpose, seed,
                                               source, version.size(), version));
  const auto word = [&](int at) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(digest[at + i]) << (8 * i);
    return value;
  };
  return {word(0), word(8)};
}

OrderKey key_at(OrderKey key, std::uint64_t number) {
  return {key.high ^ number * 0x9e3779b97f4a7c15ULL, key.low + number};
}

/// `places` split in proportion to the weights by largest remainders (the earlier source first on a
/// tie), as running ends.
std::vector<std::uint64_t> ends_of(const std::vector<double>& weights, std::uint64_t places) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<std::uint64_t> counts;
  std::vector<std::pair<double, std::size_t>> rest;
  std::uint64_t given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double exact = weights[i] / sum * static_cast<double>(places);
    counts.push_back(std::min(static_cast<std::uint64_t>(exact), places - given));
    given += counts.back();
    rest.emplace_back(static_cast<double>(counts.back()) - exact, i);
  }
  std::sort(rest.begin(), rest.end());
  for (std::size_t i = 0; given < places; i = (i + 1) % rest.size())
    if (weights[rest[i].second] > 0) ++counts[rest[i].second], ++given;
  std::partial_sum(counts.begin(), counts.end(), counts.begin());
  return counts;
}

std::uint64_t share(const std::vector<std::uint64_t>& ends, std::size_t source) {
  return ends[source] - (source == 0 ? 0 : ends[source - 1]);
}

base::Failure mistake(std::string message, std::string field) {
  return base::usage("serving.mixture", std::move(message), std::move(field));
}

base::Status check_pieces(const std::vector<MixturePiece>& pieces, std::size_t sources) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto& piece = pieces[i];
    const std::string field = fmt::format("mixture[{}]", i);
    if (i == 0 ? piece.from != 0 : piece.from <= pieces[i - 1].from)
      return mistake("the entries of a mixture begin at 0 and ascend", field + ".from");
    if (piece.weights.size() != sources)
      return mistake(fmt::format("{} weights for {} sources", piece.weights.size(), sources),
                     field + ".weights");
    double sum = 0;
    for (const double weight : piece.weights) {
      if (!std::isfinite(weight) || weight < 0)
        return mistake(fmt::format("{} is no weight", weight), field + ".weights");
      sum += weight;
    }
    if (!std::isfinite(sum) || sum <= 0)
      return mistake("all weights together must be above 0", field + ".weights");
    for (const double weight : piece.weights)
      if (weight > 0 && weight / sum * static_cast<double>(Order::kBlock) < 1)
        return mistake(fmt::format("{} is less than 1/{} of all weights", weight, Order::kBlock),
                       field + ".weights");
  }
  return {};
}

}  // namespace

base::Result<Order> Order::make(std::vector<OrderSource> sources, std::uint64_t seed,
                                std::vector<MixturePiece> pieces) {
  if (sources.empty()) return base::usage("serving.sources", "there is nothing to serve");
  if (pieces.empty() && sources.size() > 1)
    return mistake(fmt::format("{} sources need weights", sources.size()), "mixture");
  CHECK_OK(check_pieces(pieces, sources.size()));
  Order order;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto& source = sources[i];
    if (source.records == 0)
      return base::usage("serving.sources", fmt::format("{} holds no record", source.version));
    order.sources_.push_back({source.records, key_of("records", source.version, seed, i)});
  }
  order.mixing_ = key_of("mixture", "", seed, 0);
  std::vector<std::uint64_t> drawn(sources.size(), 0);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Piece piece{
        pieces[i].from, i + 1 < pieces.size() ? pieces[i + 1].from : kEndless, drawn, {}, {}};
    const std::uint64_t length = piece.until - piece.from;
    piece.full = ends_of(pieces[i].weights, kBlock);
    piece.last = ends_of(pieces[i].weights, length % kBlock);
    for (std::size_t s = 0; s < drawn.size(); ++s)
      drawn[s] += length / kBlock * share(piece.full, s) + share(piece.last, s);
    order.pieces_.push_back(std::move(piece));
  }
  return order;
}

Place Order::draw(std::uint32_t source, std::uint64_t number) const {
  const Source& one = sources_[source];
  const std::uint64_t epoch = number / one.records;
  return {source, epoch, Permutation(one.records, key_at(one.key, epoch)).at(number % one.records)};
}

Place Order::at(std::uint64_t global_index) const {
  if (pieces_.empty()) return draw(0, global_index);
  const auto next =
      std::upper_bound(pieces_.begin(), pieces_.end(), global_index,
                       [](std::uint64_t index, const Piece& piece) { return index < piece.from; });
  const Piece& piece = *(next - 1);
  const std::uint64_t inside = global_index - piece.from, block = inside / kBlock;
  const std::uint64_t first = block * kBlock, length = piece.until - piece.from;
  const bool is_full = length - first >= kBlock;
  const auto& ends = is_full ? piece.full : piece.last;
  // The key names the block by where it begins in the run.
  const Permutation shuffle(is_full ? kBlock : length - first, key_at(mixing_, piece.from + first));
  const std::uint64_t slot = shuffle.at(inside - first);
  const auto source =
      static_cast<std::uint32_t>(std::upper_bound(ends.begin(), ends.end(), slot) - ends.begin());
  const std::uint64_t number = piece.before[source] + block * share(piece.full, source) + slot -
                               (source == 0 ? 0 : ends[source - 1]);
  return draw(source, number);
}

base::Status Shard::check() const {
  if (rank < world) return base::Status{};
  return base::usage("serving.shard", fmt::format("rank {} of {} does not exist", rank, world),
                     "rank", "ranks are counted from 0");
}

std::uint64_t Shard::steps(std::uint64_t end, Uneven uneven) const {
  if (end <= start) return 0;
  const std::uint64_t places = end - start;
  return places / world + (uneven == Uneven::kWrap && places % world != 0 ? 1 : 0);
}

std::uint64_t Shard::index(std::uint64_t step, std::uint64_t end, std::uint64_t records) const {
  const std::uint64_t index = start + step * world + rank;
  if (index < end) return index;
  const std::uint64_t last_epoch = (end - 1) / records * records;
  return last_epoch + (index - end) % (end - last_epoch);
}

}  // namespace fulcrum::data::serving
