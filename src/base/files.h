#pragma once
// Whole-file helpers. Every failure names the path and the system's reason.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fulcrum::base {

/// Fails with `file.read`.
Result<std::string> read_file(const std::filesystem::path& path);
/// Replaces the file atomically (temporary file, fsync, rename, fsync of the folder), mode as
/// given. A reader sees the old or the new content, never a part. Fails with `file.write`.
Status write_file(const std::filesystem::path& path, std::string_view content,
                  unsigned mode = 0644);
/// Bytes of a regular file, or `file.read`.
Result<std::uint64_t> file_bytes(const std::filesystem::path& path);
/// Whether there is one; false as well where it may not be looked at (reading it says why).
bool file_exists(const std::filesystem::path& path);
bool folder_exists(const std::filesystem::path& path);
/// Creates the folder and its parents; an empty one is its owner's alone when `is_private`, one
/// that holds something already keeps its mode. Fails with `file.folder`.
Status make_folder(const std::filesystem::path& path, bool is_private = false);

}  // namespace fulcrum::base
