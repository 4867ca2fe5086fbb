// exec/executor.h and control/jobs/usage_chunk.h: what a job's shim measured, into a sealed chunk.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/compress.h"
#include "base/hash.h"
#include "base/json.h"
#include "control/jobs/usage_chunk.h"
#include "fuzz/fuzz.h"

namespace {

using namespace fulcrum;
namespace fs = std::filesystem;

/// A folder of jobs with one job in it, removed with the process.
class JobsFolder {
 public:
  JobsFolder() {
    std::string pattern = (fs::temp_directory_path() / "fulcrum-fuzz-XXXXXX").string();
    fuzz::must(::mkdtemp(pattern.data()) != nullptr, "a temporary folder");
    path = pattern;
    fs::create_directory(path / "job");
  }
  ~JobsFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

}  // namespace

FUZZ(usage_samples) {
  static const JobsFolder jobs;
  // The shim is never started here: its file is written by hand.
  static const auto opened = exec::open_local_executor({jobs.path.string(), "/bin/true"});
  fuzz::must(opened.has_value(), "the folder of jobs opens");
  const auto& executor = *opened;
  std::ofstream(jobs.path / "job/usage.jsonl", std::ios::binary) << input;
  const auto samples = executor->usage("job");
  fuzz::must(samples.has_value(), "torn lines are passed over");
  const auto objects = objects::open_memory_store();
  const auto sealed = control::seal_usage(*objects, "job/1", *samples);
  fuzz::must(sealed.has_value() && sealed->has_value() == !samples->empty(),
             "samples are sealed, and only they");
  if (!*sealed) return;
  const base::json::value body = **sealed;
  const auto frame = objects->get(base::get_string(body, "object"));
  const auto lines = base::decompress(*frame, 1 << 24);
  fuzz::must(lines && base::sha256_hex(*lines) == base::get_string(body, "sha256"),
             "the chunk is what its hash says");
  fuzz::must(base::get_integer(body, "first_us") <= base::get_integer(body, "last_us"),
             "a range has a length");
  std::string_view rest = *lines;
  for (std::size_t i = 0; i < samples->size(); ++i) {
    const auto line = base::parse_json(fuzz::take_line(rest), "line");
    fuzz::must(line && base::get_integer(*line, "memory_bytes") == (*samples)[i].memory_bytes,
               "each line is a sample");
  }
  fuzz::must(rest.empty(), "no line is more than a sample");
}
