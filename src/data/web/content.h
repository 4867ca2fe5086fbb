#pragma once
// Which blocks of a page are its main text.
#include <cstdint>
#include <vector>

#include "data/web/page.h"

namespace fulcrum::data::web {

/// Indexes into page.blocks, ascending.
std::vector<std::uint32_t> main_blocks(const Page& page);

}  // namespace fulcrum::data::web
