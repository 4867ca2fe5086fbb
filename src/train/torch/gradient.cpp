#include "train/torch/gradient.h"

#include <algorithm>
#include <future>

namespace fulcrum::train {

namespace {

struct Piece {
  double loss = 0;
  std::vector<torch::Tensor> gradients;  // undefined where a parameter took no part
};

torch::Tensor loss_sum(Network& network, const Batch& batch, double label_smoothing,
                       const Dice& dice) {
  const auto kind = torch::TensorOptions().dtype(torch::kLong);
  const auto inputs = torch::from_blob(const_cast<std::int64_t*>(batch.inputs.data()),
                                       {batch.rows, batch.length}, kind);
  const auto targets = torch::from_blob(const_cast<std::int64_t*>(batch.targets.data()),
                                        {batch.rows * batch.length}, kind);
  const auto places = torch::nonzero(targets >= 0).squeeze(1);
  const auto hidden = network->hidden(inputs, dice).view({batch.rows * batch.length, -1});
  const auto logits = network->logits(hidden.index_select(0, places));
  namespace F = torch::nn::functional;
  return F::cross_entropy(
      logits, targets.index_select(0, places),
      F::CrossEntropyFuncOptions().reduction(torch::kSum).label_smoothing(label_smoothing));
}

}  // namespace

double compute_gradient(Network& network, const Batch& batch, const GradientOptions& options) {
  const auto shards = split_rows(batch, kShards);
  const auto total = static_cast<double>(count_targets(batch));
  const auto parameters = network->parameters();
  std::vector<Piece> pieces(shards.size());
  in_parallel(shards.size(), options.threads, [&](std::size_t i) {
    const Dice dice = options.dropout ? make_dice(mix_seed(options.dropout_seed, i)) : Dice{};
    const auto loss = loss_sum(network, shards[i], options.label_smoothing, dice) / total;
    pieces[i].gradients = torch::autograd::grad({loss}, parameters, {}, /*retain_graph=*/false,
                                                /*create_graph=*/false, /*allow_unused=*/true);
    pieces[i].loss = loss.item<double>();
  });
  double loss = 0;
  for (auto& piece : pieces) loss += piece.loss;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    torch::Tensor sum;
    for (auto& piece : pieces) {
      if (!piece.gradients[p].defined()) continue;
      sum = sum.defined() ? sum.add_(piece.gradients[p]) : piece.gradients[p].contiguous();
    }
    parameters[p].mutable_grad() = sum;
  }
  return loss;
}

void in_parallel(std::size_t count, unsigned threads,
                 const std::function<void(std::size_t)>& work) {
  const std::size_t used = std::min<std::size_t>(std::max(threads, 1u), count);
  const auto share = [&](std::size_t first) {
    at::set_num_threads(1);  // OpenMP keeps the number by thread
    for (std::size_t i = first; i < count; i += used) work(i);
  };
  std::vector<std::future<void>> others;
  for (std::size_t first = 1; first < used; ++first)
    others.push_back(std::async(std::launch::async, share, first));
  std::exception_ptr problem;
  try {
    share(0);
  } catch (...) {
    problem = std::current_exception();
  }
  for (auto& other : others) {
    try {
      other.get();
    } catch (...) {
      if (!problem) problem = std::current_exception();
    }
  }
  if (problem) std::rethrow_exception(problem);
}

}  // namespace fulcrum::train
