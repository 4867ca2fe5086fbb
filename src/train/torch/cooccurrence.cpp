#include "train/torch/cooccurrence.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace fulcrum::train {

namespace {

constexpr int kIterations = 8;
constexpr std::int64_t kSpareColumns = 8;
constexpr double kRandomSpread = 0.02;

/// (items, items), sparse.
torch::Tensor mutual_information(const std::vector<History>& sequences, std::size_t items) {
  std::map<std::pair<Item, Item>, double> pairs;
  std::vector<double> sums(items, 0.0);
  double total = 0;
  for (const auto& sequence : sequences)
    for (std::size_t a = 0; a < sequence.size(); ++a)
      for (std::size_t b = a + 1; b < std::min(sequence.size(), a + 1 + kWindow); ++b) {
        if (sequence[a] == sequence[b]) continue;
        const double weight = 1.0 / static_cast<double>(b - a);
        pairs[std::minmax(sequence[a], sequence[b])] += weight;
        sums[static_cast<std::size_t>(sequence[a])] += weight;
        sums[static_cast<std::size_t>(sequence[b])] += weight;
        total += 2 * weight;
      }
  std::vector<std::int64_t> rows, columns;
  std::vector<float> values;
  for (const auto& [pair, weight] : pairs) {
    const double expected = sums[static_cast<std::size_t>(pair.first)] *
                            sums[static_cast<std::size_t>(pair.second)] / total;
    const double information = std::log(weight / expected);
    if (information <= 0) continue;
    for (const auto& [row, column] : {pair, std::pair<Item, Item>{pair.second, pair.first}}) {
      rows.push_back(row);
      columns.push_back(column);
      values.push_back(static_cast<float>(information));
    }
  }
  const auto n = static_cast<std::int64_t>(items);
  const auto places =
      torch::stack({torch::tensor(rows, torch::kLong), torch::tensor(columns, torch::kLong)});
  return torch::sparse_coo_tensor(places, torch::tensor(values), {n, n}).coalesce();
}

}  // namespace

torch::Tensor cooccurrence_start(const std::vector<History>& sequences, std::size_t items,
                                 std::int64_t dim) {
  const torch::NoGradGuard no_grad;
  const auto n = static_cast<std::int64_t>(items);
  const auto matrix = mutual_information(sequences, items);
  const std::int64_t width = std::min(n, dim + kSpareColumns);
  auto basis = std::get<0>(torch::linalg_qr(torch::randn({n, width})));
  for (int i = 0; i < kIterations; ++i)
    basis = std::get<0>(torch::linalg_qr(torch::matmul(matrix, basis)));
  const auto small = torch::matmul(basis.t(), torch::matmul(matrix, basis));
  const auto [values, vectors] = torch::linalg_eigh((small + small.t()) / 2, "L");
  // Largest magnitudes last; a negative eigenvalue carries no similarity.
  const std::int64_t kept = std::min(dim, width);
  const auto strength = values.slice(0, width - kept).clamp_min(0).sqrt();
  const auto factors = torch::matmul(basis, vectors.slice(1, width - kept)) * strength;
  auto start = torch::randn({n, dim}) * (kRandomSpread / 10);
  start.slice(1, 0, kept) += factors;
  return start * (kRandomSpread / start.square().mean().sqrt().clamp_min(1e-12));
}

}  // namespace fulcrum::train
