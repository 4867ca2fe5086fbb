#include "data/versions/chunker.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace fulcrum::data::versions {

namespace {

/// 256 fixed random numbers (SplitMix64); another table would make other chunks of old content.
constexpr std::array<std::uint64_t, 256> make_gear() {
  std::array<std::uint64_t, 256> gear{};
  std::uint64_t state = 0x46756c6372756d31ULL;  // "Fulcrum1"
  for (auto& number : gear) {
    std::uint64_t z = state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    number = z ^ (z >> 31);
  }
  return gear;
}
constexpr auto kGear = make_gear();

/// The plain cut of FastCDC.
std::size_t byte_cut(std::string_view bytes, const ChunkSizes& sizes) {
  if (bytes.size() <= sizes.least) return bytes.size();
  const int bits = std::countr_zero(sizes.mean);
  const int strict = 64 - bits - 2, lax = 64 - bits + 2;
  const std::size_t end = std::min(bytes.size(), sizes.most);
  const std::size_t middle = std::min(end, sizes.mean);
  std::uint64_t hash = 0;
  std::size_t at = sizes.least - std::min<std::size_t>(sizes.least, 64);
  for (; at < sizes.least; ++at) hash = (hash << 1) + kGear[static_cast<unsigned char>(bytes[at])];
  for (; at < middle; ++at) {
    hash = (hash << 1) + kGear[static_cast<unsigned char>(bytes[at])];
    if (hash >> strict == 0) return at + 1;
  }
  for (; at < end; ++at) {
    hash = (hash << 1) + kGear[static_cast<unsigned char>(bytes[at])];
    if (hash >> lax == 0) return at + 1;
  }
  return end;
}

bool has_open_quote(std::string_view bytes) {
  return std::count(bytes.begin(), bytes.end(), '"') % 2 != 0;
}

/// Behind the first line end at or after `from` that is outside of quotes.
std::size_t csv_end(std::string_view bytes, std::size_t from, bool is_open) {
  while (from < bytes.size()) {
    const std::size_t line_end = bytes.find('\n', from);
    const std::size_t stop = line_end == std::string_view::npos ? bytes.size() : line_end;
    is_open = is_open != has_open_quote(bytes.substr(from, stop - from));
    if (line_end == std::string_view::npos) return std::string_view::npos;
    if (!is_open) return line_end + 1;
    from = line_end + 1;
  }
  return std::string_view::npos;
}

bool is_blank(std::string_view line) {
  return line.empty() || line == "\r";
}

}  // namespace

std::size_t record_end(std::string_view bytes, Records records) {
  if (records == Records::kCsv) return csv_end(bytes, 0, false);
  const auto line_end = bytes.find('\n');
  return line_end == std::string_view::npos ? line_end : line_end + 1;
}

std::size_t look_ahead(Records records, const ChunkSizes& sizes) {
  return sizes.most + (records == Records::kNone ? 0 : kMaxRecordBytes);
}

std::size_t first_chunk(std::string_view bytes, Records records, const ChunkSizes& sizes) {
  const std::size_t cut = byte_cut(bytes, sizes);
  if (records == Records::kNone || cut == 0 || cut == bytes.size()) return cut;
  // From the last byte on: a cut behind a line end stays.
  const std::string_view near = bytes.substr(0, std::min(bytes.size(), cut + kMaxRecordBytes));
  const std::size_t from = cut - 1;
  const std::size_t end =
      records == Records::kCsv ? csv_end(near, from, has_open_quote(bytes.substr(0, from)))
      : near.find('\n', from) == std::string_view::npos ? std::string_view::npos
                                                        : near.find('\n', from) + 1;
  if (end != std::string_view::npos) return end;
  return near.size() == bytes.size() ? bytes.size() : cut;
}

RecordCount count_records(std::string_view bytes, Records records) {
  RecordCount count;
  if (records == Records::kNone) return count;
  while (!bytes.empty()) {
    std::size_t end = record_end(bytes, records);
    if (end == std::string_view::npos) {
      count.is_whole = records != Records::kCsv || !has_open_quote(bytes);
      count.records += !is_blank(bytes);
      break;
    }
    count.records += !is_blank(bytes.substr(0, end - 1));
    bytes.remove_prefix(end);
  }
  return count;
}

}  // namespace fulcrum::data::versions
