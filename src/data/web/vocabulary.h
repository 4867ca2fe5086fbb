#pragma once
// What the class, id or role of an element says about its place on the page.
#include <cstdint>
#include <string_view>

namespace fulcrum::data::web {

/// Meanings, as bits.
enum Meaning : std::uint16_t {
  kNone = 0,
  kAdvert = 1,
  kAside = 2,  // related articles, widgets
  kByline = 4,
  kCaption = 8,
  kComments = 16,
  kNavigation = 32,
  kNotice = 64,  // cookies, newsletters, log-in
  kShare = 128,
  kArticle = 256,       // one of the words for an article
  kBody = 512,          // one of the words for its text
  kArticleBody = 1024,  // both in one name: "entry-content"
  kEmbed = 2048         // a quotation from elsewhere: no share button, whatever else is said
};
inline constexpr std::uint16_t kBoilerplate =
    kAdvert | kAside | kByline | kCaption | kComments | kNavigation | kNotice | kShare;

/// Of space-separated names. Words that stand for nothing in particular have no meaning.
std::uint16_t meaning_of(std::string_view names);

}  // namespace fulcrum::data::web
