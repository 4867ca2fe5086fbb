#include "data/web/content_features.h"

#include <algorithm>
#include <array>

#include "data/web/word_set.h"

namespace fulcrum::data::web {

namespace {

constexpr float kParagraph = 50;     // letters of a short paragraph
constexpr float kUnpunctuated = 80;  // of one without a comma or full stop
constexpr float kCluster = 400;      // of neighbouring paragraphs that belong together

struct Counts {
  std::uint32_t letters = 0, stops = 0;
};

enum : std::uint8_t { kStop = 1, kAfterStop = 2 };

constexpr std::array<std::uint8_t, 256> make_roles() {
  std::array<std::uint8_t, 256> roles{};
  for (const unsigned char c : {'.', ',', '!', '?', ';'}) roles[c] = kStop;
  for (const unsigned char c : {' ', '"'}) roles[c] = kAfterStop;
  for (std::size_t c = 0x80; c < 256; ++c) roles[c] = kAfterStop;
  return roles;
}
constexpr auto kRoles = make_roles();

/// 、 。 ！ ， ； ？
std::uint32_t east_asian_stops(std::string_view text) {
  std::uint32_t stops = 0;
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto a = static_cast<unsigned char>(text[i]), b = static_cast<unsigned char>(text[i + 1]),
               c = static_cast<unsigned char>(text[i + 2]);
    if (a == 0xE3) stops += b == 0x80 && (c == 0x81 || c == 0x82);
    if (a == 0xEF) stops += b == 0xBC && (c == 0x8C || c == 0x81 || c == 0x9F || c == 0x9B);
  }
  return stops;
}

Counts counts_of(std::string_view text) {
  Counts counts;
  std::uint32_t wide = 0, stops = 0;
  for (const char one : text) {
    const auto c = static_cast<unsigned char>(one);
    counts.letters += (c & 0xC0) != 0x80;
    wide += c >= 0xE3 && c < 0xF0;
  }
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    stops += kRoles[static_cast<unsigned char>(text[i])] &
             kRoles[static_cast<unsigned char>(text[i + 1])] >> 1 & 1U;
  if (!text.empty()) stops += kRoles[static_cast<unsigned char>(text.back())] & kStop;
  if (wide > 0) stops += east_asian_stops(text);
  counts.letters += wide;
  counts.stops = stops;
  return counts;
}

/// Behind closing quotes and brackets.
bool ends_sentence(std::string_view text) {
  static constexpr std::string_view kClosing[] = {"”", "’", "»", "」", "』", "）"};
  static constexpr std::string_view kEnds[] = {"…", "。", "！", "？", "：", "؟", "।"};
  while (!text.empty()) {
    const char last = text.back();
    if (last == '"' || last == '\'' || last == ')' || last == ']') {
      text.remove_suffix(1);
      continue;
    }
    if (static_cast<unsigned char>(last) < 0x80)
      return last == '.' || last == '!' || last == '?' || last == ':';
    const auto* const closing =
        std::find_if(std::begin(kClosing), std::end(kClosing),
                     [&](std::string_view one) { return text.ends_with(one); });
    if (closing == std::end(kClosing)) break;
    text.remove_suffix(closing->size());
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
