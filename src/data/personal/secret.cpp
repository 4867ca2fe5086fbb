// Keys and tokens that give access to somebody's account, in the forms that their issuers publish.
#include <algorithm>

#include "data/personal/search.h"

namespace fulcrum::data {

namespace {

constexpr std::size_t kLongestKeyBytes = 16U << 10;

/// "sk-" also begins names of pages: a key has capitals, small letters and digits.
bool is_random(std::string_view found) {
  if (!found.starts_with("sk-")) return true;
  const auto has = [&](char low, char high) {
    return std::any_of(found.begin() + 3, found.end(),
                       [&](char c) { return c >= low && c <= high; });
  };
  return has('0', '9') && has('A', 'Z') && has('a', 'z');
}

/// Private keys in PEM (RFC 7468), from the first dash to the last.
void find_pem(std::string_view text, std::vector<Finding>& findings) {
  static constexpr std::string_view kBegin = "-----BEGIN ", kEnd = "-----END ",
                                    kLabelEnd = "PRIVATE KEY-----";
  for (auto at = text.find(kBegin); at != std::string_view::npos; at = text.find(kBegin, at + 1)) {
    const std::string_view key = text.substr(at, kLongestKeyBytes);
    const auto line = key.substr(0, key.find('\n'));
    if (line.substr(0, 80).find(kLabelEnd) == std::string_view::npos) continue;
    const auto end = key.find(kEnd);
    if (end == std::string_view::npos) continue;
    const auto last = key.find("-----", end + kEnd.size());
    if (last == std::string_view::npos) continue;
    findings.push_back({at, last + 5});
    at += last;
  }
}

}  // namespace

std::vector<Finding> find_secret(std::string_view text) {
  static const RE2 kToken(
      R"(((?:AKIA|ASIA)[A-Z0-9]{16}|)"                  // Amazon
      R"(LTAI[A-Za-z0-9]{12,24}|AKID[A-Za-z0-9]{32}|)"  // Alibaba Cloud, Tencent Cloud
      R"(gh[pousr]_[A-Za-z0-9]{36,}|)"                  // GitHub
      R"(github_pat_[A-Za-z0-9_]{36,}|)"                //
      R"(glpat-[A-Za-z0-9_\-]{20,}|)"                   // GitLab
      R"(AIza[A-Za-z0-9_\-]{35}|)"                      // Google
      R"(xox[abeoprs]-[A-Za-z0-9\-]{10,}|)"             // Slack
      R"([sr]k_(?:live|test)_[A-Za-z0-9]{16,}|)"        // Stripe
      R"(sk-[A-Za-z0-9_\-]{32,}|)"                      // OpenAI, Anthropic, DeepSeek
      R"(hf_[A-Za-z0-9]{34}|)"                          // Hugging Face
      R"(npm_[A-Za-z0-9]{36}|)"                         // npm
      R"(eyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}))",  // RFC 7519
      RE2::Latin1);
  std::vector<Finding> findings = find_matches(text, kToken, is_random);
  const std::size_t tokens = findings.size();
  find_pem(text, findings);
  if (tokens == 0 || findings.size() == tokens) return findings;
  std::sort(findings.begin(), findings.end(),
            [](const Finding& a, const Finding& b) { return a.begin < b.begin; });
  std::vector<Finding> apart;  // a key may hold what looks like a token
  for (const Finding& finding : findings)
    if (apart.empty() || finding.begin >= apart.back().begin + apart.back().size)
      apart.push_back(finding);
  return apart;
}

}  // namespace fulcrum::data
