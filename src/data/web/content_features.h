#pragma once
// What tells a paragraph of an article from the rest, measured block by block.
#include <cstdint>
#include <vector>

#include "data/web/page.h"

namespace fulcrum::data::web {

struct Feature {
  std::uint32_t weight = 0;  // letters; a Chinese character counts two
  std::uint32_t stops = 0;   // ends of sentences and commas
  float link_share = 0;      // of its bytes
  float good = 0, bad = 0;   // letters for and against an element that holds the block
  std::uint32_t holder = 0;  // the element whose children this block and its neighbours are
  float declared = 0;        // share of its words that the page's JSON-LD calls the article
  bool ends_sentence = false;
  bool is_excluded = false;
};

std::vector<Feature> features_of(const Page& page);

}  // namespace fulcrum::data::web
