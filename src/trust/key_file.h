#pragma once
// 32 secret bytes in a file of their own, as hexadecimal text, owner-only.
#include <filesystem>
#include <string>

#include "base/result.h"

namespace fulcrum::trust {

/// Reads the key, or makes one at first use. Fails with `key.file` when the file holds something
/// else, `key.exposed` when others may read it, `file.*`.
base::Result<std::string> open_key_file(const std::filesystem::path& path);

}  // namespace fulcrum::trust
