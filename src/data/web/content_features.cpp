#include "data/web/content_features.h"

#include <algorithm>

#include "data/web/word_set.h"

namespace fulcrum::data::web {

namespace {

constexpr float kParagraph = 50;     // letters of a short paragraph
constexpr float kUnpunctuated = 80;  // of one without a comma or full stop
constexpr float kCluster = 400;      // of neighbouring paragraphs that belong together

struct Counts {
  std::uint32_t letters = 0, stops = 0;
};

Counts counts_of(std::string_view text) {
  Counts counts;
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = p + text.size();
  for (; p < end; ++p) {
    const unsigned c = *p;
    if (c < 0x80) {
      ++counts.letters;
      if (c == '.' || c == ',' || c == '!' || c == '?' || c == ';')
        counts.stops += p + 1 == end || p[1] == ' ' || p[1] == '"' || p[1] >= 0x80;
      continue;
    }
    counts.letters += (c & 0xC0U) != 0x80U;
    counts.letters += c >= 0xE3 && c < 0xF0;
    if (c == 0xE3 && p + 2 < end)  // 、 and 。
      counts.stops += p[1] == 0x80 && (p[2] == 0x81 || p[2] == 0x82);
    else if (c == 0xEF && p + 2 < end && p[1] == 0xBC)  // ！ ， ； ？
      counts.stops += p[2] == 0x81 || p[2] == 0x8C || p[2] == 0x9B || p[2] == 0x9F;
  }
  return counts;
}

/// Behind closing quotes and brackets.
bool ends_sentence(std::string_view text) {
  static constexpr std::string_view kClosing[] = {"\"", "'", ")",  "]",  "”",
                                                  "’",  "»", "」", "』", "）"};
  static constexpr std::string_view kEnds[] = {".",  "!",  "?",  ":", "…", "。",
                                               "！", "？", "：", "؟", "।"};
  for (bool is_trimmed = true; is_trimmed;) {
    is_trimmed = false;
    for (const auto closing : kClosing)
      if (text.ends_with(closing)) {
        text.remove_suffix(closing.size());
        is_trimmed = true;
      }
  }
  return std::any_of(std::begin(kEnds), std::end(kEnds),
                     [&](std::string_view end) { return text.ends_with(end); });
}

bool is_cell(Tag tag) {
  return tag == Tag::t_td || tag == Tag::t_th;
}

void judge(Feature& feature, Tag tag) {
  const float plain = 1 - feature.link_share;
  const float own = static_cast<float>(feature.weight) * plain;
  const float unlinked = std::max(0.0F, 1 - 2 * feature.link_share);
  if (unlinked > 0.2F && own >= kParagraph && feature.stops > 0)
    feature.good = static_cast<float>(feature.weight) * unlinked;
  else if (feature.link_share < 0.2F && own >= kUnpunctuated)
    feature.good = own * 0.5F;
  else if (is_cell(tag) && feature.link_share < 0.2F)
    feature.good = own * 0.3F;
  else if (feature.link_share > 0.5F)
    feature.bad = static_cast<float>(feature.weight);
  else
    feature.bad = static_cast<float>(std::min(feature.weight, 30U)) * 0.5F;
}

/// Past elements that only wrap one block.
std::uint32_t holder_of(const Page& page, std::uint32_t node) {
  const Tag tag = page.nodes[node].tag;
  const bool is_paragraph = tag == Tag::t_p || kind_of(tag) == TagKind::kItem ||
                            kind_of(tag) == TagKind::kHeading || kind_of(tag) == TagKind::kCell ||
                            kind_of(tag) == TagKind::kInline;
  if (is_paragraph) node = page.nodes[node].parent;
  while (node != 0 && page.nodes[node].end_block - page.nodes[node].first_block == 1)
    node = page.nodes[node].parent;
  return node;
}

/// A paragraph without neighbours speaks less for its surroundings: teasers stand alone.
void weigh_by_neighbours(const Page& page, std::vector<Feature>& features) {
  std::vector<float> direct(page.nodes.size(), 0), around(page.nodes.size(), 0);
  for (const Feature& feature : features) {
    direct[feature.holder] += feature.good;
    around[page.nodes[feature.holder].parent] += feature.good;
  }
  for (Feature& feature : features) {
    if (feature.good == 0) continue;
    const float cluster =
        std::max(direct[feature.holder], around[page.nodes[feature.holder].parent] * 0.5F);
    const float share = std::min(1.0F, cluster / kCluster);
    feature.bad += feature.good * (1 - share) * 0.5F;
    feature.good *= share;
  }
}

/// Many pages repeat their article in JSON-LD, at times cut short.
void compare_with_json_ld(const Page& page, std::vector<Feature>& features) {
  constexpr std::size_t kShortBody = 250;
  if (page.facts.article_body.size() < kShortBody) return;
  const WordFours body(page.facts.article_body);
  for (std::size_t i = 0; i < features.size(); ++i) {
    Feature& feature = features[i];
    feature.declared = body.share_of(page.text_of(page.blocks[i]));
    if (feature.declared < 0.7F) continue;
    feature.good = 2 * static_cast<float>(feature.weight);
    feature.bad = 0;
  }
}

}  // namespace

std::vector<Feature> features_of(const Page& page) {
  std::vector<Feature> features;
  features.reserve(page.blocks.size());
  for (const Block& block : page.blocks) {
    const std::string_view text = page.text_of(block);
    const Counts counts = counts_of(text);
    Feature feature;
    feature.weight = counts.letters;
    feature.stops = counts.stops;
    feature.link_share = static_cast<float>(std::min<std::size_t>(block.link_bytes, text.size())) /
                         static_cast<float>(text.size());
    feature.ends_sentence = ends_sentence(text);
    feature.holder = holder_of(page, block.node);
    judge(feature, page.nodes[block.node].tag);
    features.push_back(feature);
  }
  weigh_by_neighbours(page, features);
  compare_with_json_ld(page, features);
  return features;
}

}  // namespace fulcrum::data::web
