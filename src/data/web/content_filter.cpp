#include "data/web/content_filter.h"

#include <algorithm>

#include "data/web/phrases.h"

namespace fulcrum::data::web {

namespace {

constexpr std::uint32_t kLabel = 30;    // letters of a label
constexpr std::uint32_t kShort = 80;    // of a heading
constexpr std::uint32_t kNotice = 300;  // of a call to subscribe
constexpr std::size_t kTitleBytes = 500;
constexpr float kLinks = 0.6F;  // share of links of a block that is nothing else

/// Letters and digits alone, in lower case.
std::string skeleton(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c | 0x20);
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || u >= 0x80)
      out += c;
  }
  return out;
}

class Filter {
 public:
  Filter(const Page& page, const std::vector<Feature>& features, const Node& root)
      : page_(page), features_(features), root_(root) {
    for (const std::string* title : {&page.facts.og_title, &page.facts.heading, &page.facts.title})
      titles_.push_back(skeleton(std::string_view(*title).substr(0, kTitleBytes)));
  }

  std::vector<std::uint32_t> run() {
    collect();
    trim_to_declared();
    trim_head();
    trim_tail();
    drop_empty_headings();
    return kept_;
  }

 private:
  void collect();
  void trim_to_declared();
  void trim_head();
  void trim_tail();
  void drop_empty_headings();
  bool is_title(std::string_view text) const;
  Tag tag_of_block(std::uint32_t block) const { return page_.nodes[page_.blocks[block].node].tag; }
  bool is_heading(std::uint32_t block) const {
    return kind_of(tag_of_block(block)) == TagKind::kHeading;
  }

  const Page& page_;
  const std::vector<Feature>& features_;
  const Node& root_;
  std::vector<std::string> titles_;
  std::vector<std::uint32_t> kept_;
};

bool Filter::is_title(std::string_view text) const {
  if (text.size() > kTitleBytes) return false;
  const std::string own = skeleton(text);
  return own.size() >= 8 && std::any_of(titles_.begin(), titles_.end(),
                                        [&](const auto& title) { return title.starts_with(own); });
}

void Filter::collect() {
  double before = 0, total = 0;
  for (std::uint32_t b = root_.first_block; b < root_.end_block; ++b)
    if (!features_[b].is_excluded) total += features_[b].good;
  for (std::uint32_t b = root_.first_block; b < root_.end_block; ++b) {
    const Feature& f = features_[b];
    if (f.is_excluded) continue;
    if (f.weight < kNotice) {
      switch (phrase_in(page_.text_of(page_.blocks[b]))) {
        case PhraseKind::kEnd:
          if (f.weight < kLabel && before > total * 0.6) return;
          if (f.weight < kShort && f.link_share > 0) continue;
          break;
        case PhraseKind::kDrop:
        case PhraseKind::kDropStart:
          continue;
        default:
          break;
      }
    }
    before += f.good;
    if (f.link_share > kLinks || tag_of_block(b) == Tag::t_h1) continue;
    kept_.push_back(b);
  }
}

/// Where most of the text is the article that JSON-LD declares, what stands before and behind it is
/// not; unless the declaration breaks off early.
void Filter::trim_to_declared() {
  double total = 0, declared = 0;
  for (const std::uint32_t b : kept_) {
    total += features_[b].weight;
    declared += features_[b].declared * static_cast<float>(features_[b].weight);
  }
  if (declared < 0.75 * total) return;
  const auto is_declared = [&](std::uint32_t b) { return features_[b].declared > 0.5F; };
  const auto first = std::find_if(kept_.begin(), kept_.end(), is_declared);
  const auto last = std::find_if(kept_.rbegin(), kept_.rend(), is_declared).base();
  kept_ = {first, last};
}

/// Before the first paragraph stand titles, names, dates and labels.
void Filter::trim_head() {
  const auto first = std::find_if(kept_.begin(), kept_.end(),
                                  [&](std::uint32_t b) { return features_[b].good > 0; });
  if (first == kept_.end()) return;
  const auto end = std::remove_if(kept_.begin(), first, [&](std::uint32_t b) {
    const Feature& f = features_[b];
    return !f.ends_sentence || f.weight < 25 || is_title(page_.text_of(page_.blocks[b]));
  });
  auto rest = kept_.erase(end, first);
  if (rest != kept_.end() && is_title(page_.text_of(page_.blocks[*rest]))) kept_.erase(rest);
}

void Filter::trim_tail() {
  while (!kept_.empty()) {
    const std::uint32_t b = kept_.back();
    const Feature& f = features_[b];
    const Tag tag = tag_of_block(b);
    if (f.good > 0 || (f.ends_sentence && f.weight >= 15) || tag == Tag::t_li || tag == Tag::t_td)
      return;
    kept_.pop_back();
  }
}

/// A heading belongs to what stands under it.
void Filter::drop_empty_headings() {
  std::vector<std::uint32_t> kept;
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    if (is_heading(kept_[i])) {
      const bool is_last = i + 1 == kept_.size();
      if (is_last ||
          (is_heading(kept_[i + 1]) && tag_of_block(kept_[i + 1]) < tag_of_block(kept_[i])))
        continue;
    }
    kept.push_back(kept_[i]);
  }
  kept_ = std::move(kept);
}

}  // namespace

std::vector<std::uint32_t> filter_blocks(const Page& page, const std::vector<Feature>& features,
                                         const Node& root) {
  return Filter(page, features, root).run();
}

}  // namespace fulcrum::data::web
