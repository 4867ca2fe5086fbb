// Every fuzz target over its corpus and over seeded mutations of it: what fuzzing once found stays
// found, with any compiler. FULCRUM_FUZZ_SEED and FULCRUM_FUZZ_RUNS change the mutations.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/random.h"
#include "fuzz/fuzz.h"

namespace fulcrum::fuzz {

namespace {

namespace fs = std::filesystem;

struct Entry {
  std::string name;
  Target target;
};
std::vector<Entry>& entries() {
  static std::vector<Entry> all;
  return all;
}

std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : fallback;
}

std::vector<std::string> corpus_of(const std::string& name) {
  std::vector<fs::path> paths;
  for (const auto& file :
       fs::directory_iterator(fs::path(FULCRUM_SOURCE_DIR) / "tests/fuzz/corpus" / name))
    paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> contents;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    contents.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return contents;
}

std::string mutated(const std::vector<std::string>& corpus, base::Random& random) {
  std::string text = corpus[random.below(corpus.size())];
  static constexpr std::string_view kTokens[] = {
      "\"",       "\\", "{",   "}",    "[",   "]",
      ":",        ",",  "\n",  "\r\n", "%00", std::string_view("\0", 1),
      "../",      "*",  "&",   "=",    "#",   "'",
      "-",        "1e", "999", "\t",   "<",   "\xff",
      "\xc3\xa4", "${", "}"};
  for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
    const std::size_t at = random.below(text.size() + 1);
    const std::size_t size = 1 + random.below(16);
    switch (random.below(6)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
        break;
      case 1:
        text.erase(std::min(at, text.size()), size);
        break;
      case 2:
        text.insert(at, kTokens[random.below(std::size(kTokens))]);
        break;
      case 3:
        text.insert(at, text.substr(random.below(text.size() + 1), size * 4));
        break;
      case 4: {
        const std::string& other = corpus[random.below(corpus.size())];
        text = text.substr(0, at) + other.substr(random.below(other.size() + 1));
        break;
      }
      default:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
    }
  }
  return text;
}

/// What ran when the process died, so that it can become a corpus file.
std::string running_name, running_input;

void save_input(int signal) {
  const std::string path = "fuzz-" + running_name + ".crash";
  std::ofstream(path, std::ios::binary) << running_input;
  std::fprintf(stderr, "the input is in %s\n", path.c_str());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

class Replay : public testing::TestWithParam<Entry> {};

TEST_P(Replay, HoldsOnTheCorpusAndNearIt) {
  const Entry& entry = GetParam();
  running_name = entry.name;
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS}) std::signal(signal, save_input);
  const auto corpus = corpus_of(entry.name);
  ASSERT_FALSE(corpus.empty()) << "tests/fuzz/corpus/" << entry.name << " has no files";
  for (const auto& content : corpus) entry.target(running_input = content);
  const auto seed = setting("FULCRUM_FUZZ_SEED", 1), runs = setting("FULCRUM_FUZZ_RUNS", 300);
  std::fprintf(stderr, "%s: seed %llu, %llu mutations\n", entry.name.c_str(),
               static_cast<unsigned long long>(seed), static_cast<unsigned long long>(runs));
  base::Random random(seed);
  for (std::uint64_t run = 0; run < runs; ++run)
    entry.target(running_input = mutated(corpus, random));
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, testing::ValuesIn(entries()),
                         [](const auto& info) { return info.param.name; });

}  // namespace

bool add_target(const char* name, Target target) {
  entries().push_back({name, target});
  return true;
}

}  // namespace fulcrum::fuzz
