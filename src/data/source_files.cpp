// Log files, copied byte by byte; a file that was half copied before a kill goes on at its offset.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "data/file_list.h"
#include "data/settings.h"
#include "data/source.h"

namespace fulcrum::data {

namespace json = base::json;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBlockBytes = 1U << 20;

/// How much of `copy` is a true beginning of `original`.
std::uint64_t common_bytes(const fs::path& original, const fs::path& copy) {
  std::ifstream a(original, std::ios::binary), b(copy, std::ios::binary);
  std::string left(kBlockBytes, '\0'), right(kBlockBytes, '\0');
  std::uint64_t common = 0;
  while (a && b) {
    a.read(left.data(), static_cast<std::streamsize>(kBlockBytes));
    b.read(right.data(), static_cast<std::streamsize>(kBlockBytes));
    const auto size = static_cast<std::size_t>(std::min(a.gcount(), b.gcount()));
    const auto differs = std::mismatch(
        left.begin(), left.begin() + static_cast<std::ptrdiff_t>(size), right.begin());
    const auto same = static_cast<std::size_t>(differs.first - left.begin());
    common += same;
    if (same < size || size == 0) break;
  }
  return common;
}

/// Copies what `target` lacks; the original may have grown, and is taken as it is now.
base::Result<std::int64_t> copy_file(const fs::path& original, const fs::path& target,
                                     std::int64_t& resumed_bytes) {
  CHECK_OK(base::make_folder(target.parent_path()));
  std::uint64_t done = 0;
  if (base::file_exists(target)) {
    done = common_bytes(original, target);
    std::error_code error;
    fs::resize_file(target, done, error);
    if (error)
      return base::failed("file.write",
                          fmt::format("cannot write {}: {}", target.string(), error.message()),
                          "check free space and permissions of the folder");
    resumed_bytes += static_cast<std::int64_t>(done);
  }
  std::ifstream in(original, std::ios::binary);
  std::ofstream out(target, std::ios::binary | std::ios::app);
  if (!in)
    return base::failed("file.read", fmt::format("cannot read {}", original.string()),
                        "check its permissions");
  in.seekg(static_cast<std::streamoff>(done));
  std::string block(kBlockBytes, '\0');
  while (in && out) {
    in.read(block.data(), static_cast<std::streamsize>(kBlockBytes));
    out.write(block.data(), in.gcount());
    done += static_cast<std::uint64_t>(in.gcount());
  }
  out.flush();
  if (!out || in.bad())
    return base::failed("file.write",
                        fmt::format("cannot copy {} to {}", original.string(), target.string()));
  return static_cast<std::int64_t>(done);
}

}  // namespace

base::Result<Collected> collect_files(SourceContext& context) {
  TRY(const auto settings, read_settings<FilesSettings>(context.settings));
  TRY(const auto files, list_files(settings.path));
  json::value earlier = json::object{};
  if (!settings.cursor.empty()) {
    TRY(earlier, base::parse_json(settings.cursor, "source.cursor"));
  }
  json::object cursor;
  std::int64_t bytes = 0, resumed_bytes = 0, late_files = 0, grown_files = 0;
  for (const auto& file : files) {
    TRY(const std::int64_t size, copy_file(file.path, context.raw / file.name, resumed_bytes));
    const auto* known = earlier.is_object() ? earlier.get_object().if_contains(file.name) : nullptr;
    if (!settings.cursor.empty() && !known) ++late_files;
    if (known && known->is_int64() && known->get_int64() < size) ++grown_files;
    bytes += size;
    cursor[file.name] = size;
    context.progress.at(static_cast<std::int64_t>(cursor.size()),
                        static_cast<std::int64_t>(files.size()), "files");
  }
  return Collected{0,
                   base::to_text(cursor),
                   {{"files", cursor.size()},
                    {"late_files", late_files},
                    {"grown_files", grown_files},
                    {"resumed_bytes", resumed_bytes}}};
}

}  // namespace fulcrum::data
