#pragma once
// What a column is like, told from its cells alone.
#include <string>
#include <string_view>

#include "data/clean_rules.h"

namespace fulcrum::data {

enum class ColumnLooks { kEmpty, kNumbers, kEnumeration, kCodes, kProse, kMixed };

/// Numbers and bools; few distinct texts; texts without spaces (ids, dates); texts with spaces.
/// kMixed: no kind has four fifths of the values.
ColumnLooks looks_of(const CleanWork& work, std::size_t column);

/// Is this text a way of writing "nothing": "", "null", "N/A", "-", …?
bool is_placeholder(std::string_view text);
/// Spaces of every script and zero-width marks off both ends.
std::string_view trim_unicode(std::string_view text);
std::string lower_ascii(std::string_view text);

/// Forms of a text from the most to the least particular:
/// 0 digits collapsed ("u9"), 1 letters collapsed too ("a9"), 2 classes and length ("a9-:36"),
/// 3 classes ("a9-").
inline constexpr int kFormLevels = 4;
std::string form_of(std::string_view text, int level);

}  // namespace fulcrum::data
