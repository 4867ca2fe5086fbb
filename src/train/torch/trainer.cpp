#include "train/torch/trainer.h"

#include <cmath>
#include <numbers>
#include <stdexcept>

#include "train/metrics.h"
#include "train/torch/checkpoint.h"
#include "train/torch/cooccurrence.h"
#include "train/torch/gradient.h"
#include "train/torch/transformer.h"

namespace fulcrum::train {

namespace {

/// Uses of the run's seed.
enum Use : std::uint64_t { kInitial = 1u << 31, kDropout = 1ull << 32 };

double now_s(const FitOptions& options) {
  return static_cast<double>(options.clock->now_us()) / 1e6;
}

Network initial_network(const std::vector<History>& training, const FitOptions& options) {
  torch::manual_seed(mix_seed(options.seed, kInitial));
  Network network(options.recipe.model, static_cast<std::int64_t>(options.items));
  auto counts = torch::zeros({static_cast<std::int64_t>(options.items)});
  for (const auto& sequence : training)
    for (const Item item : sequence) counts.data_ptr<float>()[item] += 1.0f;
  network->start_bias(counts);
  if (options.recipe.model.start == Start::kCooccurrence)
    network->start_embeddings(cooccurrence_start(
        training, options.items, static_cast<std::int64_t>(options.recipe.model.dim)));
  return network;
}

/// Only matrices decay: pulling biases and norms to zero helps nothing.
std::unique_ptr<torch::optim::Optimizer> make_optimizer(const Network& network,
                                                        const OptimizerRecipe& recipe) {
  std::vector<torch::Tensor> matrices, vectors;
  for (const auto& parameter : network->parameters())
    (parameter.dim() > 1 ? matrices : vectors).push_back(parameter);
  std::vector<torch::optim::OptimizerParamGroup> groups{torch::optim::OptimizerParamGroup(matrices),
                                                        torch::optim::OptimizerParamGroup(vectors)};
  if (recipe.kind == OptimizerKind::kSgd) {
    auto options = torch::optim::SGDOptions(recipe.lr).momentum(recipe.momentum);
    groups[0].set_options(std::make_unique<torch::optim::SGDOptions>(
        torch::optim::SGDOptions(options).weight_decay(recipe.weight_decay)));
    groups[1].set_options(std::make_unique<torch::optim::SGDOptions>(options));
    return std::make_unique<torch::optim::SGD>(groups, options);
  }
  auto options =
      torch::optim::AdamWOptions(recipe.lr).betas({recipe.momentum, 0.98}).weight_decay(0);
  groups[0].set_options(std::make_unique<torch::optim::AdamWOptions>(
      torch::optim::AdamWOptions(options).weight_decay(recipe.weight_decay)));
  groups[1].set_options(std::make_unique<torch::optim::AdamWOptions>(options));
  return std::make_unique<torch::optim::AdamW>(groups, options);
}

void copy_weights(const Network& from, Network& to) {
  const torch::NoGradGuard no_grad;
  auto target = to->parameters();
  const auto source = from->parameters();
  for (std::size_t i = 0; i < source.size(); ++i) target[i].copy_(source[i]);
}

EpochRecord run_epoch(Network& network, torch::optim::Optimizer& optimizer,
                      const std::vector<History>& training, unsigned epoch,
                      const FitOptions& options) {
  const Recipe& recipe = options.recipe;
  const auto batches =
      epoch_batches(training, {recipe.batch_size, recipe.model.max_length, recipe.history_dropout},
                    options.seed, epoch);
  const std::uint64_t dropout_seed = mix_seed(options.seed, kDropout + epoch);
  EpochRecord record{.epoch = epoch};
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const double done =
        (epoch - 1 + static_cast<double>(i) / static_cast<double>(batches.size())) / recipe.epochs;
    record.lr = learning_rate(recipe.optimizer, done);
    for (auto& group : optimizer.param_groups()) group.options().set_lr(record.lr);
    const double loss = compute_gradient(network, batches[i],
                                         {.label_smoothing = recipe.label_smoothing,
                                          .threads = recipe.threads,
                                          .dropout_seed = mix_seed(dropout_seed, i)});
    const double limit = recipe.optimizer.clip_norm > 0 ? recipe.optimizer.clip_norm : 1e30;
    record.gradient_norm += torch::nn::utils::clip_grad_norm_(network->parameters(), limit) /
                            static_cast<double>(batches.size());
    optimizer.step();
    const std::int64_t targets = count_targets(batches[i]);
    record.targets += targets;
    record.loss += loss * static_cast<double>(targets);
    if (!std::isfinite(record.loss))
      throw std::runtime_error(
          "the loss is not a number any more; a smaller optimizer.lr or a "
          "smaller optimizer.clip_norm helps");
    if (options.progress)
      options.progress(epoch - 1 + static_cast<double>(i + 1) / static_cast<double>(batches.size()),
                       record.loss / static_cast<double>(record.targets));
  }
  if (record.targets > 0) record.loss /= static_cast<double>(record.targets);
  return record;
}

double steering(const EpochRecord& record, const Recipe& recipe) {
  return recipe.early_stopping.metric == "hr@10" ? record.hr_at_10 : record.ndcg_at_10;
}

}  // namespace

double learning_rate(const OptimizerRecipe& recipe, double done) {
  // The first step of all would otherwise have rate 0.
  if (done < recipe.warmup) return recipe.lr * std::max(done / recipe.warmup, 0.01);
  const double left = (done - recipe.warmup) / (1 - recipe.warmup);
  const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * left));
  return recipe.lr * (recipe.lr_floor + (1 - recipe.lr_floor) * cosine);
}

FitResult fit(const std::vector<History>& training, std::span<const Case> validation,
              const FitOptions& options) {
  const Recipe& recipe = options.recipe;
  at::set_num_threads(1);  // threads share the work by in_parallel()
  Network network = initial_network(training, options);
  Network best(recipe.model, static_cast<std::int64_t>(options.items));
  auto optimizer = make_optimizer(network, recipe.optimizer);
  Progress progress;
  if (auto saved =
          load_checkpoint(options.checkpoint, options.fingerprint, network, best, *optimizer))
    progress = std::move(*saved);
  FitResult result;
  result.resumed_from = static_cast<unsigned>(progress.epochs.size());
  const auto model = transformer(network, recipe.model, options.items, recipe.threads);
  while (progress.epochs.size() < recipe.epochs) {
    const auto epoch = static_cast<unsigned>(progress.epochs.size()) + 1;
    const unsigned patience = recipe.early_stopping.patience;
    if (patience > 0 && epoch > 1 && epoch - 1 - progress.best_epoch >= patience) break;
    const double started_s = now_s(options);
    EpochRecord record = run_epoch(network, *optimizer, training, epoch, options);
    const RankingMetrics metrics = evaluate(*model, validation);
    record.ndcg_at_10 = metrics.ndcg_at_10;
    record.hr_at_10 = metrics.hr_at_10;
    record.time_us = options.clock->now_us();
    record.seconds = now_s(options) - started_s;
    if (progress.best_epoch == 0 ||
        steering(record, recipe) > steering(progress.epochs[progress.best_epoch - 1], recipe)) {
      progress.best_epoch = epoch;
      copy_weights(network, best);
    }
    progress.epochs.push_back(record);
    auto saved = save_checkpoint(options.checkpoint, options.fingerprint, progress, network, best,
                                 *optimizer);
    if (!saved) throw std::runtime_error(base::describe(saved.error()));
    if (options.epoch_done) options.epoch_done(progress.epochs);
  }
  result.best = best;
  result.best_epoch = progress.best_epoch;
  result.epochs = std::move(progress.epochs);
  return result;
}

}  // namespace fulcrum::train
