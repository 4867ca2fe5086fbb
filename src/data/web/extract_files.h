#pragma once
// Many pages at once: a folder of pages and archives to one file of texts.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/web/extract.h"

namespace fulcrum::data::web {

struct ExtractJob {
  std::filesystem::path in;   // a folder, searched through, or one file
  std::filesystem::path out;  // replaced when all is done
  unsigned threads = 0;       // 0: one a core
  bool stops_at_damage = false;
  ExtractSettings settings;
};

struct ExtractProgress {
  std::uint64_t pages = 0;     // read so far
  std::uint64_t bytes_in = 0;  // HTML, unpacked
  std::uint64_t files = 0, files_in_all = 0;
};

struct ExtractTotals {
  std::uint64_t files = 0, pages = 0, bytes_in = 0, bytes_out = 0;
  std::uint64_t without_text = 0;            // pages; they are written all the same
  std::uint64_t skipped = 0;                 // what could not be read
  std::vector<std::string> skipped_samples;  // "file:offset: why", the first few
};

/// *.html, *.htm and *.xhtml, as they are or as .gz, and *.warc, .warc.gz, .warc.zst; one line
/// `{"id","url","title","text","language","author","published"}` a page in the order of file names,
/// members without a value left out. A file's page has its path inside the folder as id; an
/// archived one its WARC-Record-ID (responses of status 200 and resources that are HTML). The same
/// bytes at any number of threads; memory is bounded by a few dozen pages. `progress` is called
/// from time to time by the calling thread. Fails with `extract.nothing`, `file.read`,
/// `file.write`; with stops_at_damage also as warc.h and packed/unpacked.h say.
base::Result<ExtractTotals> extract_files(
    const ExtractJob& job, const std::function<void(const ExtractProgress&)>& progress);

/// One page file; as it is or .gz. Fails with `file.read`, `packed.damaged`.
base::Result<Extraction> extract_file(const std::filesystem::path& path,
                                      const ExtractSettings& settings);

}  // namespace fulcrum::data::web
