#pragma once
// Small programs that turn one text into another, found from examples: "12.0 oz" -> "12". Each is
// an extraction (a number, some words, the text without a part) and a finish (case, trailing zeros,
// another scale). The idea of learning corrections from a few examples is Baran's (Mahdavi and
// Abedjan, VLDB 2020).
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::data::tables {

struct Transform {
  std::string name;                  // "number 1, without trailing zeros"
  int cost = 0;                      // simpler ones first
  std::size_t right = 0, wrong = 0;  // on the examples
  std::function<std::optional<std::string>(std::string_view)> apply;
};

struct Example {
  std::string from, to;
};

/// Transforms that explain at least one example and few wrongly, the best first.
std::vector<Transform> learn_transforms(const std::vector<Example>& examples);

/// What the best transforms make of a text: none where no one says something, or leaves it as it
/// is.
struct Corrected {
  std::string text;
  double trust = 0;
};
std::optional<Corrected> correct(std::string_view text, const std::vector<Transform>& transforms);

}  // namespace fulcrum::data::tables
