#include "data/tables/key_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace fulcrum::data::tables {

namespace json = base::json;

std::uint64_t stable_hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ seed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBULL;
  return hash ^ (hash >> 31);
}

void KeySample::add(std::uint64_t key, std::uint64_t value, std::int64_t count) {
  if (!is_kept(key)) return;
  auto& now = counts_[key][value];
  pairs_ += now == 0;
  now += count;
  shrink();
}

void KeySample::shrink() {
  while (pairs_ > kMostPairs && level_ < 63) {
    ++level_;
    std::erase_if(counts_, [&](const auto& entry) {
      if (is_kept(entry.first)) return false;
      pairs_ -= entry.second.size();
      return true;
    });
  }
}

void KeySample::merge(const KeySample& other) {
  while (level_ < other.level_) {
    ++level_;
    std::erase_if(counts_, [&](const auto& entry) {
      if (is_kept(entry.first)) return false;
      pairs_ -= entry.second.size();
      return true;
    });
  }
  for (const auto& [key, values] : other.counts_)
    for (const auto& [value, count] : values) add(key, value, count);
}

std::int64_t KeySample::distinct_keys() const {
  return static_cast<std::int64_t>(counts_.size()) << level_;
}

std::int64_t KeySample::repeated() const {
  std::int64_t total = 0;
  for (const auto& [key, values] : counts_) {
    std::int64_t rows = 0;
    for (const auto& [value, count] : values) rows += count;
    total += rows - 1;
  }
  return total << level_;
}

std::int64_t KeySample::minority() const {
  std::int64_t total = 0;
  for (const auto& [key, values] : counts_) {
    std::int64_t rows = 0, most = 0;
    for (const auto& [value, count] : values) {
      rows += count;
      most = std::max(most, count);
    }
    total += rows - most;
  }
  return total << level_;
}

json::value KeySample::to_json() const {
  // One text for each key: hash, and value:count pairs, in hexadecimal.
  std::string text;
  for (const auto& [key, values] : counts_) {
    text += fmt::format("{:x}", key);
    for (const auto& [value, count] : values) text += fmt::format(",{:x}:{:x}", value, count);
    text += ' ';
  }
  return json::object{{"level", level_}, {"keys", text}};
}

namespace {

/// A hexadecimal number off the front, and the character behind it (0 at the end).
bool take_hex(std::string_view& text, std::uint64_t& number, char& behind) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  behind = text.empty() ? '\0' : text.front();
  if (!text.empty()) text.remove_prefix(1);
  return true;
}

base::Failure broken() {
  return base::failed("checks.state", "the saved state of a check cannot be read",
                      "make it again from the data");
}

}  // namespace

base::Result<KeySample> KeySample::from_json(const json::value& value) {
  KeySample sample;
  const auto level = base::get_integer(value, "level", -1);
  const auto* keys = base::find_path(value, "keys");
  if (level < 0 || level > 63 || !keys || !keys->is_string()) return broken();
  sample.level_ = static_cast<int>(level);
  std::string_view text = keys->get_string();
  while (!text.empty()) {
    std::uint64_t key = 0, pair_value = 0, count = 0;
    char behind = 0;
    if (!take_hex(text, key, behind)) return broken();
    while (behind == ',') {
      if (!take_hex(text, pair_value, behind) || behind != ':' || !take_hex(text, count, behind) ||
          count == 0 || count > (1ULL << 62))
        return broken();
      sample.add(key, pair_value, static_cast<std::int64_t>(count));
    }
    if (behind != ' ') return broken();
  }
  return sample;
}

}  // namespace fulcrum::data::tables
