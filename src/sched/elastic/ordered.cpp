#include "sched/elastic/ordered.h"

#include <algorithm>
#include <numeric>

#include "sched/elastic/shares.h"

namespace fulcrum::sched {

namespace {

class Ordered final : public Resizer {
 public:
  explicit Ordered(double (*key)(const ElasticJob& job)) : key_(key) {}
  std::vector<Allocation> resize(const ResizeRound& round) override {
    std::vector<double> keys;
    for (const ElasticJob& job : round.jobs) keys.push_back(key_(job));
    std::vector<std::size_t> order(round.jobs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
    return run_in_order(round, order);
  }

 private:
  double (*key_)(const ElasticJob& job);
};

}  // namespace

std::unique_ptr<Resizer> make_ordered(double (*key)(const ElasticJob& job)) {
  return std::make_unique<Ordered>(key);
}

}  // namespace fulcrum::sched
