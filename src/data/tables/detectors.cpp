#include "data/tables/detector.h"

namespace fulcrum::data::tables {

const std::vector<Detector>& detectors() {
  static const std::vector<Detector> all = {
#define DETECTOR(function, name, family, summary) {name, Family::family, summary, function},
#include "data/tables/detectors.def"
#undef DETECTOR
  };
  return all;
}

TextId TextPool::add(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto [at, is_new] = ids_.try_emplace(std::string(text), static_cast<TextId>(texts_.size()));
  if (is_new) texts_.push_back(&at->first);
  return at->second;
}

}  // namespace fulcrum::data::tables
