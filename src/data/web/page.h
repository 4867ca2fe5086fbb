#pragma once
// A page as flat arrays: elements in document order, and the blocks of text between them.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/web/html_tag.h"

namespace fulcrum::data::web {

/// How an element is marked beside its tag; vocabulary.h's meanings are in `meaning`.
enum Mark : std::uint8_t {
  kIsHidden = 1,
  kIsBodyProperty = 2,  // itemprop=articleBody
  kIsSkipped = 4,       // its text is no text of the page
};

struct Node {
  std::uint32_t parent = 0;
  std::uint32_t end = 0;          // behind its last descendant
  std::uint32_t first_block = 0;  // its blocks: [first_block, end_block)
  std::uint32_t end_block = 0;
  std::uint16_t meaning = 0;
  Tag tag = Tag::t_unknown;
  std::uint8_t marks = 0;
};

struct Block {
  std::uint32_t node = 0;            // the nearest element that is not inline
  std::uint32_t begin = 0, end = 0;  // in Page::text; no white space at either end
  std::uint32_t link_bytes = 0;
  std::uint32_t bold_bytes = 0;
};

/// What the head says.
struct PageFacts {
  std::string title, og_title, heading, author, published, language, site;
  std::string article_body;  // of JSON-LD
};

/// The text of a page; blocks and nodes refer to it. Reused from page to page.
struct Page {
  std::vector<Node> nodes;  // the first is the root
  std::vector<Block> blocks;
  std::unique_ptr<char[]> text;
  std::size_t text_capacity = 0;
  PageFacts facts;

  std::string_view text_of(const Block& block) const {
    return {text.get() + block.begin, block.end - block.begin};
  }
};

struct PageLimits {
  std::uint32_t max_depth = 512;  // deeper elements become siblings
  std::uint32_t max_nodes = 4'000'000;
};

/// Replaces what `page` held. `html` is UTF-8; any nesting of tags is accepted.
void read_page(std::string_view html, const PageLimits& limits, Page& page);

}  // namespace fulcrum::data::web
