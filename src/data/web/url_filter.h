#pragma once
// Pages that are unwanted for where they stand: lists of domains and addresses, and words in an
// address.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/web/hashed_set.h"

namespace fulcrum::data::web {

/// Why an address is refused; the first that applies, in this order.
enum class UrlReason : std::uint8_t {
  kNone,
  kDomain,     // a domain above its host is listed
  kSubdomain,  // its host itself is listed
  kUrl,        // the whole address is listed, letter by letter
  kHardWord,   // one of its words is banned
  kSoftWords,  // as many of its words are doubtful as the threshold says
  kSubword,    // its letters and digits hold a banned part
};

/// "domain", "subdomain", "url", "hard_blacklisted", "soft_blacklisted", "blacklisted_subword";
/// empty for kNone.
std::string_view name_of(UrlReason reason);

struct UrlLists {
  std::vector<std::filesystem::path> domains, urls, banned_words, banned_subwords, soft_words;
  std::size_t soft_threshold = 2;  // different doubtful words
};

/// Immutable, so thread-safe. About nine bytes a listed domain or address.
class UrlFilter {
 public:
  /// Lists have a line an entry, plain or gzip; lines that begin with '#' and empty ones do not
  /// count. Fails with `file.read`.
  static base::Result<UrlFilter> load(const UrlLists& lists);
  UrlFilter(UrlFilter&&) noexcept;
  UrlFilter& operator=(UrlFilter&&) noexcept;
  ~UrlFilter();

  /// Words are runs of ASCII letters and digits; a banned word matches in lower case alone, a
  /// banned part in any.
  UrlReason judge(std::string_view url) const;
  std::size_t listed() const { return domains_.size() + urls_.size(); }
  std::size_t bytes() const;

 private:
  class Parts;  // of words, all looked for at once
  UrlFilter();
  HashedSet domains_, urls_, words_, soft_words_;
  std::unique_ptr<Parts> parts_;
  std::size_t soft_threshold_ = 2;
};

/// In lower case, without user, port and last dot; empty where there is none.
std::string host_of(std::string_view url);

}  // namespace fulcrum::data::web
