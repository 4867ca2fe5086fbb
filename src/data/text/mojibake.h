#pragma once
// UTF-8 that somebody read as windows-1252 or Latin-1 and wrote as UTF-8 again: "cafÃ©" for "café".
#include <optional>
#include <string>
#include <string_view>

namespace fulcrum::data::text {

/// The text with such lines as they were, or nothing where no line is certainly one. A line is
/// certain when all its characters beyond ASCII that windows-1252 has are, as bytes, whole UTF-8,
/// and somewhere two such characters stand together or one that such errors are known for. Undone
/// up to three times. Valid UTF-8 in and out.
std::optional<std::string> undo_mojibake(std::string_view text);

}  // namespace fulcrum::data::text
