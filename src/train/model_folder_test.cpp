#include "train/model_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"

namespace fulcrum::train {
namespace {

class ModelFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("fulcrum-model-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(ModelFolder, ComesBackAsItWas) {
  ModelCard card{"transformer", {"a", "b\"c", "日本"}, {}, {{"run", "x"}}};
  card.recipe.dim = 8;
  const TensorFile weights{{{"one", {{2, 2}, {1, 2, 3, 4.5f}}}, {"none", {{0}, {}}}},
                           {{"note.dotted", "text"}}};
  ASSERT_TRUE(write_model(folder_, card, weights));
  const auto read = read_model_card(folder_);
  ASSERT_TRUE(read) << base::describe(read.error());
  EXPECT_EQ(read->items, card.items);
  EXPECT_EQ(read->recipe.dim, 8u);
  const auto tensors = read_model_weights(folder_);
  ASSERT_TRUE(tensors) << base::describe(tensors.error());
  EXPECT_EQ(tensors->tensors.at("one").values, weights.tensors.at("one").values);
  EXPECT_EQ(tensors->tensors.at("one").shape, weights.tensors.at("one").shape);
  EXPECT_EQ(tensors->metadata.at("note.dotted"), "text");
}

TEST_F(ModelFolder, DamageIsNoticed) {
  ASSERT_TRUE(
      write_model(folder_, {"popularity", {"a"}, {}, {}}, {{{"counts", {{3}, {1, 2, 3}}}}, {}}));
  const auto path = folder_ / "weights.safetensors";
  const std::string whole = *base::read_file(path);
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{5}, std::size_t{40}, whole.size() - 1}) {
    ASSERT_TRUE(base::write_file(path, whole.substr(0, length)));
    const auto read = read_model_weights(folder_);
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().code, "model.damaged");
  }
  ASSERT_TRUE(base::write_file(folder_ / "model.json", "{\"format\":99}"));
  EXPECT_EQ(read_model_card(folder_).error().code, "model.damaged");
}

}  // namespace
}  // namespace fulcrum::train
