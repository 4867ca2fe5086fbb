#pragma once
// Phrases by which a short block tells that it is no part of an article.
#include <cstdint>
#include <string_view>

namespace fulcrum::data::web {

enum class PhraseKind : std::uint8_t { kNone, kDrop, kDropStart, kEnd };

/// The first phrase that a short block (a few hundred bytes) begins with or, for kDrop, holds.
PhraseKind phrase_in(std::string_view block);

}  // namespace fulcrum::data::web
