#include "data/serving/corpus.h"

#include <fmt/format.h>

#include <charconv>

#include "base/hash.h"

namespace fulcrum::data::serving {

namespace {

base::Failure unreadable(std::string_view text) {
  return base::usage("serving.mixture", fmt::format("'{}' is no entry of a mixture", text), "mix",
                     "FROM:WEIGHT,WEIGHT,…;FROM:…, such as 0:0.7,0.3;1000000:0.5,0.5");
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// Takes what stands before the separator off the front.
std::string_view take(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return part;
}

}  // namespace

base::Result<Order> Corpus::order(std::uint64_t seed) const {
  std::vector<OrderSource> all;
  for (const Dataset& source : sources) all.push_back({source.version(), source.size()});
  return Order::make(std::move(all), seed, mixture);
}

std::uint64_t Corpus::records() const {
  std::uint64_t sum = 0;
  for (const Dataset& source : sources) sum += source.size();
  return sum;
}

std::uint64_t Corpus::bytes() const {
  std::uint64_t sum = 0;
  for (const Dataset& source : sources) sum += source.bytes();
  return sum;
}

std::string Corpus::version() const {
  if (sources.size() == 1 && mixture.empty()) return sources.front().version();
  std::string text = "fulcrum mixture 1\n";
  for (const Dataset& source : sources)
    text += fmt::format("{} {}\n", source.version().size(), source.version());
  for (const MixturePiece& piece : mixture)
    text += fmt::format("{}: {}\n", piece.from, fmt::join(piece.weights, " "));
  return base::sha256_hex(text);
}

base::Result<std::vector<MixturePiece>> parse_mixture(std::string_view text) {
  std::vector<MixturePiece> pieces;
  while (!text.empty()) {
    const std::string_view entry = take(text, ';');
    std::string_view rest = entry;
    MixturePiece piece;
    if (!read_number(take(rest, ':'), piece.from) || rest.empty()) return unreadable(entry);
    while (!rest.empty())
      if (!read_number(take(rest, ','), piece.weights.emplace_back())) return unreadable(entry);
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

}  // namespace fulcrum::data::serving
