#pragma once
// robots.txt as RFC 9309 reads it: the groups of the most specific matching product token, else
// those of "*"; the longest matching rule decides, and allow wins a tie.
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::data {

class Robots {
 public:
  /// Everything allowed (the file is absent: 4xx).
  Robots() = default;
  /// `agent` is the crawler's product token: "FulcrumBot".
  static Robots parse(std::string_view text, std::string_view agent);
  /// Everything refused (the server failed: 5xx or unreachable).
  static Robots closed();

  /// `path_and_query` begins with '/'.
  bool allows(std::string_view path_and_query) const;
  /// Crawl-delay, a common extension; 0 when there is none.
  double delay_s() const { return delay_s_; }

 private:
  struct Rule {
    std::string pattern;
    bool allow = false;
  };
  std::vector<Rule> rules_;
  double delay_s_ = 0;
};

}  // namespace fulcrum::data
