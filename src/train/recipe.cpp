#include "train/recipe.h"

#include <fmt/format.h>

namespace fulcrum::train {

namespace {

struct Range {
  const char* field;
  double value;
  double low;
  double high;
  bool low_open = false;
  bool high_open = false;
};

base::Status check_range(const Range& range) {
  const bool low_ok = range.low_open ? range.value > range.low : range.value >= range.low;
  const bool high_ok = range.high_open ? range.value < range.high : range.value <= range.high;
  if (low_ok && high_ok) return {};
  return base::usage(
      "recipe.range",
      fmt::format("expected a number in {}{}, {}{}, got {}", range.low_open ? "(" : "[", range.low,
                  range.high, range.high_open ? ")" : "]", range.value),
      range.field);
}

}  // namespace

base::Status check(const Recipe& recipe) {
  const ModelRecipe& model = recipe.model;
  const OptimizerRecipe& optimizer = recipe.optimizer;
  const Range ranges[] = {
      {"recipe.model.dim", double(model.dim), 4, 1024},
      {"recipe.model.heads", double(model.heads), 1, 32},
      {"recipe.model.layers", double(model.layers), 0, 16},
      {"recipe.model.max_length", double(model.max_length), 2, 1000},
      {"recipe.model.dropout", model.dropout, 0, 0.95},
      {"recipe.model.input_dropout", model.input_dropout, 0, 0.95},
      {"recipe.optimizer.lr", optimizer.lr, 0, 10, true},
      {"recipe.optimizer.momentum", optimizer.momentum, 0, 1, false, true},
      {"recipe.optimizer.weight_decay", optimizer.weight_decay, 0, 10},
      {"recipe.optimizer.clip_norm", optimizer.clip_norm, 0, 1000},
      {"recipe.optimizer.warmup", optimizer.warmup, 0, 1, false, true},
      {"recipe.optimizer.lr_floor", optimizer.lr_floor, 0, 1},
      {"recipe.epochs", double(recipe.epochs), 1, 100'000},
      {"recipe.batch_size", double(recipe.batch_size), 1, 65'536},
      {"recipe.label_smoothing", recipe.label_smoothing, 0, 1, false, true},
      {"recipe.history_dropout", recipe.history_dropout, 0, 0.9},
      {"recipe.threads", double(recipe.threads), 1, 256},
  };
  for (const auto& range : ranges) CHECK_OK(check_range(range));
  if (model.dim % model.heads != 0)
    return base::usage("recipe.heads",
                       fmt::format("dim {} is not a multiple of heads {}", model.dim, model.heads),
                       "recipe.model.heads");
  const std::string& metric = recipe.early_stopping.metric;
  if (metric != "ndcg@10" && metric != "hr@10")
    return base::usage("recipe.metric", fmt::format("no such metric: \"{}\"", metric),
                       "recipe.early_stopping.metric", "valid: ndcg@10, hr@10");
  return {};
}

base::Status check_holdout(double share) {
  return check_range({"holdout_users", share, 0, 0.9});
}

}  // namespace fulcrum::train
