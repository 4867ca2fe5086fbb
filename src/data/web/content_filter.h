#pragma once
// What of the chosen element is not its article: the title, lines of dates and names, calls to
// subscribe, lists of links, what follows behind "Related articles".
#include <cstdint>
#include <vector>

#include "data/web/content_features.h"
#include "data/web/page.h"

namespace fulcrum::data::web {

/// Indexes of the blocks to keep, ascending.
std::vector<std::uint32_t> filter_blocks(const Page& page, const std::vector<Feature>& features,
                                         const Node& root);

}  // namespace fulcrum::data::web
