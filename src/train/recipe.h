#pragma once
// What a training run is told to do. Every member has a default, a range and an error that names
// it: `recipe.range` with field `recipe.model.heads`.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace fulcrum::train {

/// How item embeddings start.
enum class Start {
  kRandom,        // normal, 0.02
  kCooccurrence,  // leading factors of the items' positive pointwise mutual information
};
BOOST_DESCRIBE_ENUM(Start, kRandom, kCooccurrence)

/// Causal self-attention over the history (SASRec, Kang & McAuley 2018; pre-norm).
struct ModelRecipe {
  unsigned dim = 64;           // 4…1024, a multiple of heads
  unsigned heads = 2;          // 1…32
  unsigned layers = 2;         // 0…16; 0 leaves the last item's embedding alone
  unsigned max_length = 50;    // 2…1000: the newest so many items of a history are looked at
  double dropout = 0.2;        // [0, 0.95] inside the blocks
  double input_dropout = 0.2;  // [0, 0.95] on embeddings
  bool item_bias = true;       // one learnt number an item, started at its log frequency
  Start start = Start::kRandom;
};
BOOST_DESCRIBE_STRUCT(ModelRecipe, (),
                      (dim, heads, layers, max_length, dropout, input_dropout, item_bias, start))

enum class OptimizerKind { kAdamw, kSgd };
BOOST_DESCRIBE_ENUM(OptimizerKind, kAdamw, kSgd)

struct OptimizerRecipe {
  OptimizerKind kind = OptimizerKind::kAdamw;
  double lr = 0.004;           // (0, 10], the peak
  double momentum = 0.9;       // [0, 1): SGD's momentum, AdamW's beta1
  double weight_decay = 0.01;  // [0, 10]: decoupled with adamw, L2 with sgd
  double clip_norm = 1.0;      // [0, 1000]: the gradient's largest norm, 0: no clipping
  double warmup = 0.05;        // [0, 1): share of all steps with a rising rate; then a cosine
  double lr_floor = 0.1;       // [0, 1]: the cosine's end, as a share of lr
};
BOOST_DESCRIBE_STRUCT(OptimizerRecipe, (),
                      (kind, lr, momentum, weight_decay, clip_norm, warmup, lr_floor))

struct EarlyStopping {
  unsigned patience = 5;           // epochs without a better validation; 0: never stop early
  std::string metric = "ndcg@10";  // or hr@10
};
BOOST_DESCRIBE_STRUCT(EarlyStopping, (), (patience, metric))

struct Recipe {
  ModelRecipe model;
  OptimizerRecipe optimizer;
  unsigned epochs = 20;      // 1…100,000, at most
  unsigned batch_size = 64;  // 1…65,536 sequences
  EarlyStopping early_stopping;
  double label_smoothing = 0;  // [0, 1)
  double history_dropout = 0;  // [0, 0.9]: share of history items left out while learning
  unsigned threads = 2;        // 1…256; the result does not depend on it
};
BOOST_DESCRIBE_STRUCT(Recipe, (),
                      (model, optimizer, epochs, batch_size, early_stopping, label_smoothing,
                       history_dropout, threads))

/// Settings of a `train.fit` step.
struct FitSettings {
  Recipe recipe;
  std::string metric;         // takes the place of recipe.early_stopping.metric when given
  bool shuffle_data = false;  // destroy the training signal on purpose
  double holdout_users = 0;   // [0, 0.9]: share of users kept apart
  std::string name;           // of the run, for people
  std::string plan;
  std::string dataset;     // name@version; empty: the input's hash stands in
  bool simulated = false;  // the data comes from a simulation
};
BOOST_DESCRIBE_STRUCT(FitSettings, (),
                      (recipe, metric, shuffle_data, holdout_users, name, plan, dataset, simulated))

/// Settings of a `train.baseline` step.
enum class BaselineKind { kPopularity, kItemKnn };
BOOST_DESCRIBE_ENUM(BaselineKind, kPopularity, kItemKnn)
struct BaselineSettings {
  BaselineKind kind = BaselineKind::kItemKnn;
  bool shuffle_data = false;
  double holdout_users = 0;
  std::string name;
  std::string plan;
  std::string dataset;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(BaselineSettings, (),
                      (kind, shuffle_data, holdout_users, name, plan, dataset, simulated))

/// Ranges as written above.
base::Status check(const Recipe& recipe);
base::Status check_holdout(double share);

}  // namespace fulcrum::train
