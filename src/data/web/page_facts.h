#pragma once
// What a page says about itself: <meta> and JSON-LD (schema.org, Open Graph).
#include <string_view>

#include "data/web/html_tokens.h"
#include "data/web/page.h"

namespace fulcrum::data::web {

/// The first of each counts.
void read_meta(const Attributes& attributes, PageFacts& facts);
/// articleBody, headline and datePublished, wherever they stand; a broken document gives what is
/// readable of it.
void read_json_ld(std::string_view json, PageFacts& facts);

}  // namespace fulcrum::data::web
