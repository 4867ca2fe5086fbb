#include "data/web/content.h"

#include <algorithm>

#include "data/web/content_features.h"
#include "data/web/content_filter.h"
#include "data/web/vocabulary.h"

namespace fulcrum::data::web {

namespace {

bool is_excluding_tag(Tag tag) {
  switch (tag) {
    case Tag::t_nav:
    case Tag::t_footer:
    case Tag::t_aside:
    case Tag::t_form:
    case Tag::t_button:
    case Tag::t_label:
    case Tag::t_fieldset:
    case Tag::t_figcaption:
    case Tag::t_dialog:
    case Tag::t_menu:
    case Tag::t_option:
      return true;
    default:
      return false;
  }
}

bool excludes(const Node& node) {
  if ((node.marks & (kIsHidden | kIsSkipped)) != 0) return true;
  if ((node.marks & kIsBodyProperty) != 0) return false;
  if (is_excluding_tag(node.tag)) return true;
  if (node.tag == Tag::t_body || node.tag == Tag::t_html || node.tag == Tag::t_main ||
      node.tag == Tag::t_article)
    return false;
  return (node.meaning & kBoilerplate) != 0;
}

class Chooser {
 public:
  explicit Chooser(const Page& page) : page_(page), features_(features_of(page)) {}

  std::vector<std::uint32_t> run() {
    exclude();
    sum();
    return filter_blocks(page_, features_, page_.nodes[choose()]);
  }

 private:
  void exclude();
  void sum();
  std::vector<float> factors() const;
  std::uint32_t choose() const;
  double good(const Node& node) const { return good_[node.end_block] - good_[node.first_block]; }
  double bad(const Node& node) const { return bad_[node.end_block] - bad_[node.first_block]; }

  const Page& page_;
  std::vector<Feature> features_;
  std::vector<std::uint8_t> excludes_;  // by node
  std::vector<double> good_, bad_;      // sums before each block
};

/// What an excluding element holds does not count, unless hardly anything were left.
void Chooser::exclude() {
  constexpr int kMostRounds = 16;
  constexpr double kLeastLeft = 250, kLeastShare = 0.12;
  const auto count = static_cast<std::uint32_t>(page_.nodes.size());
  excludes_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) excludes_[i] = excludes(page_.nodes[i]);
  double total = 0;
  for (const Feature& feature : features_) total += feature.good;
  for (int round = 0; round < kMostRounds; ++round) {
    for (auto& feature : features_) feature.is_excluded = false;
    std::uint32_t largest = 0;
    double largest_good = 0, left = total;
    for (std::uint32_t i = 0; i < count;) {
      if (excludes_[i] == 0) {
        ++i;
        continue;
      }
      const Node& node = page_.nodes[i];
      double good = 0;
      for (std::uint32_t b = node.first_block; b < node.end_block; ++b) {
        features_[b].is_excluded = true;
        good += features_[b].good;
      }
      left -= good;
      if (good > largest_good) {
        largest_good = good;
        largest = i;
      }
      i = node.end;
    }
    if (largest_good == 0 || left >= std::max(kLeastLeft, total * kLeastShare)) return;
    if ((page_.nodes[largest].marks & kIsHidden) != 0 && left > 0) return;
    excludes_[largest] = 0;
  }
}

void Chooser::sum() {
  good_.assign(features_.size() + 1, 0);
  bad_.assign(features_.size() + 1, 0);
  for (std::size_t i = 0; i < features_.size(); ++i) {
    const Feature& f = features_[i];
    good_[i + 1] = good_[i] + (f.is_excluded ? 0 : f.good);
    bad_[i + 1] = bad_[i] + (f.is_excluded ? 0 : f.bad);
  }
}

/// How much more than its letters an element counts for what it is called. An article whose body is
/// split over several such elements makes their parent one.
std::vector<float> Chooser::factors() const {
  constexpr float kProperty = 3, kBodyName = 2.5F, kArticleTag = 1.2F;
  const std::size_t count = page_.nodes.size();
  std::vector<float> factors(count, 1), named(count, 0);
  std::vector<std::uint8_t> parts(count, 0);
  for (std::size_t i = count; i-- > 0;) {
    const Node& node = page_.nodes[i];
    const auto all = static_cast<float>(good(node));
    if (excludes_[i] != 0 || all <= 0) continue;
    if ((node.marks & kIsBodyProperty) != 0)
      factors[i] = kProperty;
    else if ((node.meaning & kArticleBody) != 0)
      factors[i] = kBodyName;
    else if (parts[i] > 1 && named[i] > 0.8F * all)
      factors[i] = kBodyName;
    else if (node.tag == Tag::t_article)
      factors[i] = kArticleTag;
    if (factors[i] > kArticleTag) named[i] = all;
    if (i == 0) break;
    named[node.parent] += named[i];
    if (named[i] > 0.1F * static_cast<float>(good(page_.nodes[node.parent])) &&
        parts[node.parent] < 2)
      ++parts[node.parent];
  }
  return factors;
}

std::uint32_t Chooser::choose() const {
  const std::vector<float> factors = this->factors();
  std::uint32_t best = 0;
  double best_score = -1;
  for (std::uint32_t i = 0; i < page_.nodes.size();) {
    const Node& node = page_.nodes[i];
    if (excludes_[i] != 0) {
      i = node.end;
      continue;
    }
    const double score = (good(node) - bad(node)) * factors[i];
    if (score >= best_score) {
      best_score = score;
      best = i;
    }
    ++i;
  }
  return best;
}

}  // namespace

std::vector<std::uint32_t> main_blocks(const Page& page) {
  if (page.blocks.empty()) return {};
  return Chooser(page).run();
}

}  // namespace fulcrum::data::web
