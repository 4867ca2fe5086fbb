#include "data/crowd.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "base/random.h"
#include "base/text_reader.h"

namespace fulcrum::data {
namespace {

namespace fs = std::filesystem;

struct CrowdSet {
  std::vector<Answer> answers;
  std::map<std::uint32_t, std::uint32_t> truth;
  std::size_t tasks = 0, annotators = 0, labels = 0;
};

std::uint32_t number_of(std::map<std::string, std::uint32_t>& names, const std::string& name) {
  return names.try_emplace(name, static_cast<std::uint32_t>(names.size())).first->second;
}

/// question,worker,answer and question,truth.
CrowdSet read_set(const fs::path& folder) {
  CrowdSet set;
  std::map<std::string, std::uint32_t> tasks, annotators, labels;
  std::vector<std::string> fields;
  auto answers = base::CsvReader::open(folder / "answer.csv");
  for (bool header = true; answers->next(fields).value_or(false); header = false)
    if (!header && fields.size() >= 3)
      set.answers.push_back({number_of(tasks, fields[0]), number_of(annotators, fields[1]),
                             number_of(labels, fields[2])});
  auto truth = base::CsvReader::open(folder / "truth.csv");
  for (bool header = true; truth->next(fields).value_or(false); header = false)
    if (!header && fields.size() >= 2 && tasks.contains(fields[0]))
      set.truth[tasks[fields[0]]] = number_of(labels, fields[1]);
  set.tasks = tasks.size();
  set.annotators = annotators.size();
  set.labels = labels.size();
  return set;
}

double accuracy(const CrowdSet& set, const std::vector<std::vector<double>>& weights) {
  double right = 0;
  for (const auto& [task, label] : set.truth) right += best_label(weights[task]) == label;
  return right / static_cast<double>(set.truth.size());
}

fs::path shared_data() {
  const char* named = std::getenv("FULCRUM_SHARED_DATA");
  return named ? fs::path(named) : fs::path(FULCRUM_SOURCE_DIR) / ".." / "shared" / "data";
}

void expect_published(const char* name, double published) {
  const fs::path folder = shared_data() / "crowd" / name;
  if (!fs::exists(folder / "answer.csv")) GTEST_SKIP() << "no " << folder;
  const CrowdSet set = read_set(folder);
  const Consensus model = dawid_skene(set.answers, set.tasks, set.annotators, set.labels);
  const double majority = accuracy(set, vote_shares(set.answers, set.tasks, set.labels));
  fmt::print("{}: majority {:.4f}, Dawid-Skene {:.4f}, {} rounds, alpha {:.4f}\n", name, majority,
             accuracy(set, model.posterior), model.iterations,
             krippendorff_alpha(set.answers, set.tasks, set.labels));
  EXPECT_NEAR(accuracy(set, model.posterior), published, 0.012);
  EXPECT_GT(accuracy(set, model.posterior), majority);
}

TEST(DawidSkene, DogAsPublished) {
  expect_published("dog", 0.843);
}
TEST(DawidSkene, DuckBluebirdAsPublished) {
  expect_published("duck-bluebird", 0.889);
}

TEST(DawidSkene, FindsWhoAnswersTheOppositeAndBeatsTheMajority) {
  base::Random random(11);
  CrowdSet set;
  set.tasks = 300;
  set.annotators = 5;
  set.labels = 2;
  // Two good annotators, three who are wrong more often than right.
  const double skill[] = {0.95, 0.95, 0.3, 0.3, 0.5};
  for (std::uint32_t task = 0; task < set.tasks; ++task) {
    set.truth[task] = static_cast<std::uint32_t>(random.below(2));
    for (std::uint32_t a = 0; a < 5; ++a)
      set.answers.push_back(
          {task, a, random.uniform() < skill[a] ? set.truth[task] : 1 - set.truth[task]});
  }
  const Consensus model = dawid_skene(set.answers, set.tasks, set.annotators, set.labels);
  EXPECT_GT(accuracy(set, model.posterior), 0.9) << "seed 11";
  EXPECT_LT(accuracy(set, vote_shares(set.answers, set.tasks, set.labels)), 0.9);
  EXPECT_GT(model.confusion[0][0][0], 0.9);
  EXPECT_LT(model.confusion[2][0][0], 0.45);
}

TEST(Krippendorff, AgreesWithPublishedExample) {
  // Krippendorff 2011, example with 2 observers, 10 units, binary: alpha = 0.095.
  const int first[] = {0, 1, 0, 0, 0, 0, 0, 0, 1, 0}, second[] = {1, 1, 1, 0, 0, 1, 0, 0, 0, 0};
  std::vector<Answer> answers;
  for (std::uint32_t i = 0; i < 10; ++i) {
    answers.push_back({i, 0, static_cast<std::uint32_t>(first[i])});
    answers.push_back({i, 1, static_cast<std::uint32_t>(second[i])});
  }
  EXPECT_NEAR(krippendorff_alpha(answers, 10, 2), 0.095, 5e-4);
  EXPECT_TRUE(std::isnan(krippendorff_alpha({{0, 0, 1}}, 1, 2)));
  EXPECT_EQ(krippendorff_alpha({{0, 0, 1}, {0, 1, 1}}, 1, 2), 1);
}

}  // namespace
}  // namespace fulcrum::data
