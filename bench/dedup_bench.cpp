// Duplicates: MinHash signatures in memory on one core, and a whole run over a file. One JSON line
// a figure. A ratio to another program needs that program in the same run; none is started here.
//   dedup_bench [DOCS.jsonl [OUT.jsonl CLUSTERS.jsonl]]    without a file, documents are made up
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/random.h"
#include "data/dedup/dedup.h"
#include "data/dedup/fingerprints.h"
#include "measure.h"

namespace {

using namespace fulcrum;
namespace dedup = data::dedup;
namespace fs = std::filesystem;

constexpr int kRounds = 5;

double cpu_s(std::clock_t begin) {
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

std::string made_up_text(base::Random& random) {
  std::string text;
  for (std::uint64_t words = 100 + random.below(300); words > 0; --words)
    text += std::string(2 + random.below(8), static_cast<char>('a' + random.below(26))) + " ";
  return text;
}

void signatures() {
  base::Random random(1);
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  for (int i = 0; i < 10000; ++i) bytes += texts.emplace_back(made_up_text(random)).size();
  const dedup::Settings settings;
  double best_s = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    dedup::Fingerprinter prints(settings);
    const std::clock_t begin = std::clock();
    for (const std::string& text : texts) {
      dedup::FingerprintPart part;
      prints.add(text, part);
    }
    best_s = std::min(best_s, cpu_s(begin));
  }
  fmt::print(
      "{{\"bench\":\"dedup\",\"what\":\"signatures\",\"bands\":14,\"rows\":8,"
      "\"mb_per_cpu_s\":{:.1f}}}\n",
      static_cast<double>(bytes) / 1e6 / best_s);
}

void whole(const dedup::Options& options) {
  const auto begin = bench::Clock::now();
  const std::clock_t cpu = std::clock();
  const auto report = bench::must(dedup::dedup(options));
  const double cpu_seconds = cpu_s(cpu);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print(
      "{{\"bench\":\"dedup\",\"what\":\"whole\",\"docs\":{},\"docs_out\":{},"
      "\"candidates\":{},\"verified\":{},\"wall_s\":{:.2f},\"cpu_s\":{:.2f},"
      "\"docs_per_cpu_s\":{:.0f},\"memory_mb\":{},\"peak_MiB\":{}}}\n",
      report.documents_in, report.documents_out, report.candidates, report.verified,
      bench::seconds_since(begin), cpu_seconds,
      static_cast<double>(report.documents_in) / cpu_seconds, options.memory_mb,
      usage.ru_maxrss / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  dedup::Options options;
  options.memory_mb = 64;
  const fs::path folder = fs::temp_directory_path() / fmt::format("dedup-bench-{}", std::clock());
  fs::create_directories(folder);
  options.inputs = {argc > 1 ? fs::path(argv[1]) : folder / "docs.jsonl"};
  options.output = argc > 2 ? fs::path(argv[2]) : folder / "out.jsonl";
  if (argc > 3) options.clusters = argv[3];
  if (argc < 2) {
    base::Random random(2);
    std::ofstream out(options.inputs[0]);
    for (int i = 0; i < 20000; ++i)
      out << fmt::format("{{\"id\":{},\"text\":\"{}\"}}\n", i, made_up_text(random));
  }
  whole(options);
  signatures();
  fs::remove_all(folder);
}
