#pragma once
// What entity_table.py writes when the module is built: an open hash table of 2,231 names.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fulcrum::data::web {

struct EntityEntry {
  std::string_view name;  // with its ';' where it needs one
  std::string_view text;  // UTF-8
};

inline constexpr std::size_t kEntitySlotCount = 8192;
inline constexpr std::size_t kLongestEntity = 32;
extern const EntityEntry kEntities[];
extern const std::uint16_t kEntitySlots[kEntitySlotCount];  // 0: free

}  // namespace fulcrum::data::web
