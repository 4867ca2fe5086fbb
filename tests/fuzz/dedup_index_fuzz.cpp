// data/dedup/index.h: any bytes as an index. The first line is how many documents the rest, taken
// as clusters, should hold; without a number the whole is a manifest.
#include "data/dedup/index.h"

#include <charconv>

#include "fuzz/fuzz.h"

FUZZ(dedup_index) {
  using namespace fulcrum;
  namespace dedup = data::dedup;
  if (const auto manifest = dedup::parse_manifest(input)) {
    fuzz::must(manifest->hashes.name.find('/') == std::string::npos, "files are in the folder");
    fuzz::must(manifest->clusters.bytes == manifest->documents * 4, "sizes fit together");
    if (fuzz::has_inexact_number(input)) return;
    const auto again = dedup::parse_manifest(dedup::manifest_text(*manifest));
    fuzz::must(again && dedup::manifest_text(*again) == dedup::manifest_text(*manifest),
               "what was read is written and read again");
    return;
  }
  std::string_view bytes = input;
  const std::string_view line = fuzz::take_line(bytes);
  std::uint64_t documents = 0;
  if (std::from_chars(line.data(), line.data() + line.size(), documents).ec != std::errc()) return;
  auto clusters = dedup::parse_clusters(bytes, documents);
  if (!clusters) return;
  for (std::size_t i = 0; i < clusters->size(); ++i)
    fuzz::must(clusters->find(static_cast<dedup::Document>(i)) <= i, "a cluster's first is first");
}
