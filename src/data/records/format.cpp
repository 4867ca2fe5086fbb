#include "data/records/format.h"

#include <fmt/format.h>

#include <map>

namespace fulcrum::data {

namespace {

struct Listed {
  FormatInfo info;
  std::unique_ptr<Format> format;
};

const std::vector<Listed>& listed() {
  static const std::vector<Listed> all = [] {
    std::vector<Listed> made;
#define FORMAT(name, endings, summary) \
  made.push_back({{#name, endings, summary}, make_##name##_format()});
#include "data/records/formats.def"
#undef FORMAT
    return made;
  }();
  return all;
}

/// Is `ending` one of the blank-separated words of `endings`?
bool has_ending(std::string_view endings, std::string_view ending) {
  while (!endings.empty()) {
    const auto blank = std::min(endings.find(' '), endings.size());
    if (endings.substr(0, blank) == ending) return true;
    endings.remove_prefix(std::min(blank + 1, endings.size()));
  }
  return false;
}

base::Failure unknown(std::string_view what) {
  std::string known;
  for (const Listed& each : listed())
    known += fmt::format(" {} ({})", each.info.name, each.info.endings);
  return base::usage("format.unknown", fmt::format("no file format is known for \"{}\"", what), "",
                     "name one:" + known);
}

}  // namespace

base::Result<const Format*> find_format(std::string_view name) {
  for (const Listed& each : listed())
    if (each.info.name == name) return each.format.get();
  return unknown(name);
}

base::Result<const Format*> format_of(std::string_view file_name) {
  std::string_view name = file_name;
  for (const std::string_view packed : {".gz", ".zst"})
    if (name.ends_with(packed)) name.remove_suffix(packed.size());
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos)
    for (const Listed& each : listed())
      if (has_ending(each.info.endings, name.substr(dot))) return each.format.get();
  return unknown(file_name);
}

std::vector<FormatInfo> formats() {
  std::vector<FormatInfo> infos;
  for (const Listed& each : listed()) infos.push_back(each.info);
  return infos;
}

}  // namespace fulcrum::data
