// Training throughput, one JSON line: targets learnt from a second, on one thread and on two.
// Usage: train_bench [USERS] [ITEMS] [LENGTH]   (default 1000 400 25)
#include <fmt/format.h>

#include <cstdlib>

#include "base/json.h"
#include "base/random.h"
#include "train/torch/measure.h"

int main(int count, char** arguments) {
  using namespace fulcrum;
  const auto argument = [&](int place, long fallback) {
    return static_cast<std::size_t>(place < count ? std::atol(arguments[place]) : fallback);
  };
  const std::size_t users = argument(1, 1000), items = argument(2, 400), length = argument(3, 25);
  base::Random random(1);
  std::vector<train::History> sequences(users);
  for (auto& sequence : sequences)
    for (std::size_t i = 0; i < length; ++i)
      sequence.push_back(static_cast<train::Item>(random.below(items)));
  train::FitOptions options;
  options.items = items;
  const auto scaling = train::measure_scaling(sequences, options);
  if (!scaling) {
    fmt::print(stderr, "this machine has one core\n");
    return 1;
  }
  fmt::print("{}\n", base::to_text(base::json::object{
                         {"bench", "train.targets_per_s"},
                         {"value", scaling->targets_per_s_many},
                         {"unit", "targets/s"},
                         {"reference", "one thread"},
                         {"reference_value", scaling->targets_per_s_one},
                         {"ratio", scaling->targets_per_s_many / scaling->targets_per_s_one}}));
  return 0;
}
