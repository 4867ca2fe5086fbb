#pragma once
// Names of HTML elements as numbers.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fulcrum::data::web {

enum class Tag : std::uint8_t {
  t_unknown,
#define TAG(name, kind) t_##name,
#include "data/web/html_tags.def"
#undef TAG
};

enum class TagKind : std::uint8_t {
  kInline,   // stands inside a line; so do unknown elements
  kBlock,    // begins a block; closes an open <p>
  kHeading,  // a block that another heading closes
  kItem,     // a block that its like closes: li, dd, dt
  kCell,     // a part of a table
  kForm,     // text of a control
  kSkip,     // what it holds is not text of the page
  kForeign,  // SVG and MathML: other rules up to its end
  kVoid,     // has no content
  kRaw,      // its content is no HTML and no text
  kText,     // its content is text without elements
};

inline constexpr std::size_t kTagCount = 0
#define TAG(name, kind) +1
#include "data/web/html_tags.def"
#undef TAG
                                         + 1;

inline constexpr std::array<TagKind, kTagCount> kTagKinds{
    TagKind::kInline,
#define TAG(name, kind) TagKind::kind,
#include "data/web/html_tags.def"
#undef TAG
};

constexpr TagKind kind_of(Tag tag) {
  return kTagKinds[static_cast<std::size_t>(tag)];
}
/// The element of a name in any case; t_unknown for others.
Tag tag_of(std::string_view name);

}  // namespace fulcrum::data::web
