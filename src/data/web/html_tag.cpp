#include "data/web/html_tag.h"

#include <array>

namespace fulcrum::data::web {

namespace {

constexpr std::size_t kLongest = 10;  // blockquote, figcaption
constexpr std::size_t kSlots = 512;

/// Up to ten letters in lower case as one number: five bits a letter, six where digits need it.
constexpr std::uint64_t key_of(std::string_view name) {
  std::uint64_t key = 0;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    std::uint64_t code = 0;
    if (letter >= 'a' && letter <= 'z')
      code = letter - 'a' + 1U;
    else if (letter >= 'A' && letter <= 'Z')
      code = letter - 'A' + 1U;
    else if (letter >= '0' && letter <= '9')
      code = letter - '0' + 30U;
    else
      return 0;
    key = (key << 6) | code;
  }
  return key;
}

constexpr std::size_t slot_of(std::uint64_t key) {
  return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> 55);
}

struct Table {
  std::array<std::uint64_t, kSlots> keys{};
  std::array<Tag, kSlots> tags{};
};

constexpr Table make_table() {
  Table table;
  const auto add = [&table](std::string_view name, Tag tag) {
    const std::uint64_t key = key_of(name);
    std::size_t slot = slot_of(key);
    while (table.keys[slot] != 0) slot = (slot + 1) % kSlots;
    table.keys[slot] = key;
    table.tags[slot] = tag;
  };
#define TAG(name, kind) add(#name, Tag::t_##name);
#include "data/web/html_tags.def"
#undef TAG
  return table;
}

constexpr Table kTable = make_table();

}  // namespace

Tag tag_of(std::string_view name) {
  if (name.size() > kLongest) return Tag::t_unknown;
  const std::uint64_t key = key_of(name);
  if (key == 0) return Tag::t_unknown;
  for (std::size_t slot = slot_of(key); kTable.keys[slot] != 0; slot = (slot + 1) % kSlots)
    if (kTable.keys[slot] == key) return kTable.tags[slot];
  return Tag::t_unknown;
}

}  // namespace fulcrum::data::web
