#include "trust/key_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/hash.h"
#include "base/random.h"

namespace fulcrum::trust {

namespace {

constexpr std::size_t kKeyBytes = 32;

base::Result<std::string> make_key_file(const std::filesystem::path& path) {
  std::string key(kKeyBytes, '\0');
  base::secure_random(key.data(), key.size());
  CHECK_OK(base::make_folder(path.parent_path(), true));
  CHECK_OK(base::write_file(path, base::to_hex(key) + "\n", 0600));
  return key;
}

}  // namespace

base::Result<std::string> open_key_file(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return make_key_file(path);
  if ((status.st_mode & 077) != 0)
    return base::refused("key.exposed", fmt::format("{} can be read by other users", path.string()),
                         fmt::format("chmod 600 {}", path.string()));
  TRY(auto text, base::read_file(path));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  auto key = base::from_hex(text);
  if (!key || key->size() != kKeyBytes)
    return base::failed("key.file", fmt::format("{} is not a key file", path.string()),
                        "restore it from a copy: what it sealed or signed needs this very key");
  return std::move(*key);
}

}  // namespace fulcrum::trust
