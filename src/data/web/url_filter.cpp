#include "data/web/url_filter.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/text_reader.h"

namespace fulcrum::data::web {

namespace {

constexpr std::size_t kMostWords = 200;  // of an address that are looked at

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool is_word(char c) {
  const char low = lower(c);
  return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}

/// Letters and digits alone, in lower case: how words are listed.
std::string skeleton(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (is_word(c)) out += lower(c);
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

base::Status each_entry(const std::vector<std::filesystem::path>& paths,
                        const std::function<void(std::string_view)>& take) {
  for (const auto& path : paths) {
    TRY(base::LineReader lines, base::LineReader::open(path));
    for (std::string line; lines.next(line);) {
      const std::string_view entry = trimmed(line);
      if (!entry.empty() && entry.front() != '#') take(entry);
    }
    if (!lines.damaged().empty())
      return base::failed("file.read", "cannot read " + path.string() + ": " + lines.damaged());
  }
  return {};
}

}  // namespace

/// Aho and Corasick, Efficient string matching, 1975: an automaton over letters and digits.
class UrlFilter::Parts {
 public:
  void add(std::string_view part) {
    std::uint32_t state = 0;
    for (const char c : part) {
      std::uint32_t next = states_[state].next[code_of(c)];
      if (next == 0) {
        next = static_cast<std::uint32_t>(states_.size());
        states_[state].next[code_of(c)] = next;
        states_.emplace_back();
      }
      state = next;
    }
    if (state != 0) states_[state].is_end = true;
  }

  void seal() {
    std::vector<std::uint32_t> order{0}, back(states_.size(), 0);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::uint32_t state = order[i];
      states_[state].is_end |= states_[back[state]].is_end;
      for (std::size_t code = 0; code < kCodes; ++code) {
        std::uint32_t& next = states_[state].next[code];
        const std::uint32_t shorter = state == 0 ? 0 : states_[back[state]].next[code];
        if (next == 0) {
          next = shorter;
        } else {
          back[next] = shorter;
          order.push_back(next);
        }
      }
    }
  }

  bool in(std::string_view text) const {
    std::uint32_t state = 0;
    for (const char c : text) {
      if (!is_word(c)) continue;
      state = states_[state].next[code_of(lower(c))];
      if (states_[state].is_end) return true;
    }
    return false;
  }
  std::size_t bytes() const { return states_.capacity() * sizeof(State); }

 private:
  static constexpr std::size_t kCodes = 36;
  static std::size_t code_of(char c) {
    return static_cast<std::size_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  struct State {
    std::array<std::uint32_t, kCodes> next{};
    bool is_end = false;
  };
  std::vector<State> states_ = std::vector<State>(1);
};

UrlFilter::UrlFilter() : parts_(std::make_unique<Parts>()) {}
UrlFilter::UrlFilter(UrlFilter&&) noexcept = default;
UrlFilter& UrlFilter::operator=(UrlFilter&&) noexcept = default;
UrlFilter::~UrlFilter() = default;

base::Result<UrlFilter> UrlFilter::load(const UrlLists& lists) {
  UrlFilter filter;
  filter.soft_threshold_ = std::max<std::size_t>(lists.soft_threshold, 1);
  CHECK_OK(each_entry(lists.domains, [&](std::string_view domain) {
    std::string folded(domain);
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    filter.domains_.add(folded);
  }));
  CHECK_OK(each_entry(lists.urls, [&](std::string_view url) { filter.urls_.add(url); }));
  const auto add_word = [](HashedSet& set, std::string_view word) {
    if (const std::string plain = skeleton(word); !plain.empty()) set.add(plain);
  };
  CHECK_OK(each_entry(lists.banned_words,
                      [&](std::string_view word) { add_word(filter.words_, word); }));
  CHECK_OK(each_entry(lists.soft_words,
                      [&](std::string_view word) { add_word(filter.soft_words_, word); }));
  CHECK_OK(each_entry(lists.banned_subwords,
                      [&](std::string_view part) { filter.parts_->add(skeleton(part)); }));
  filter.parts_->seal();
  for (HashedSet* set : {&filter.domains_, &filter.urls_, &filter.words_, &filter.soft_words_})
    set->seal();
  return filter;
}

std::size_t UrlFilter::bytes() const {
  return domains_.bytes() + urls_.bytes() + words_.bytes() + soft_words_.bytes() + parts_->bytes();
}

UrlReason UrlFilter::judge(std::string_view url) const {
  const std::string host = host_of(url);
  for (std::size_t dot = host.find('.'); dot != std::string::npos; dot = host.find('.', dot + 1))
    if (domains_.has(std::string_view(host).substr(dot + 1))) return UrlReason::kDomain;
  if (!host.empty() && domains_.has(host)) return UrlReason::kSubdomain;
  if (urls_.has(url)) return UrlReason::kUrl;
  std::vector<std::string_view> soft;
  std::size_t words = 0;
  for (std::size_t at = 0; at < url.size() && words < kMostWords;) {
    std::size_t end = at;
    while (end < url.size() && is_word(url[end])) ++end;
    const std::string_view word = url.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    ++words;
    if (words_.has(word)) return UrlReason::kHardWord;
    if (soft_words_.has(word) && std::find(soft.begin(), soft.end(), word) == soft.end())
      soft.push_back(word);
  }
  if (soft.size() >= soft_threshold_) return UrlReason::kSoftWords;
  return parts_->in(url) ? UrlReason::kSubword : UrlReason::kNone;
}

std::string_view name_of(UrlReason reason) {
  static constexpr std::string_view kNames[] = {"",
                                                "domain",
                                                "subdomain",
                                                "url",
                                                "hard_blacklisted",
                                                "soft_blacklisted",
                                                "blacklisted_subword"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::string host_of(std::string_view url) {
  if (const std::size_t scheme = url.find("://");
      scheme != std::string_view::npos && url.find_first_of("/?#") > scheme)
    url.remove_prefix(scheme + 3);
  else if (url.starts_with("//"))
    url.remove_prefix(2);
  url = url.substr(0, url.find_first_of("/?#\\"));
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos)
    url.remove_prefix(at + 1);
  if (!url.starts_with('[')) url = url.substr(0, url.find(':'));
  if (url.ends_with('.')) url.remove_suffix(1);
  std::string host(url);
  std::transform(host.begin(), host.end(), host.begin(), lower);
  return host;
}

}  // namespace fulcrum::data::web
