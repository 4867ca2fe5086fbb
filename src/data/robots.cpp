#include "data/robots.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

namespace fulcrum::data {

namespace {

constexpr std::size_t kMaxBytes = 512'000;  // RFC 9309 section 2.5: at least 500 KiB
constexpr double kMaxDelayS = 86'400;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// '*' is any run of characters; a final '$' is the end; otherwise a prefix match.
bool matches(std::string_view pattern, std::string_view path) {
  const bool anchored = pattern.ends_with('$');
  if (anchored) pattern.remove_suffix(1);
  std::size_t p = 0, s = 0, star = std::string_view::npos, mark = 0;
  for (;;) {
    if (p == pattern.size() && (!anchored || s == path.size())) return true;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = s;
    } else if (p < pattern.size() && s < path.size() && pattern[p] == path[s]) {
      ++p;
      ++s;
    } else if (star != std::string_view::npos && mark < path.size()) {
      p = star + 1;
      s = ++mark;
    } else {
      return false;
    }
  }
}

/// Escapes compare equal however they are spelt.
std::string normalise(std::string_view path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto c = static_cast<unsigned char>(path[i]);
    if (c == '%' && i + 2 < path.size() && std::isxdigit(static_cast<unsigned char>(path[i + 1])) &&
        std::isxdigit(static_cast<unsigned char>(path[i + 2]))) {
      const auto byte = static_cast<unsigned char>(
          std::strtoul(std::string(path.substr(i + 1, 2)).c_str(), nullptr, 16));
      if (std::isalnum(byte) || byte == '-' || byte == '.' || byte == '_' || byte == '~') {
        out += static_cast<char>(byte);
      } else {
        out += {'%', kHex[byte >> 4], kHex[byte & 15]};
      }
      i += 2;
    } else if (c >= 0x80) {
      out += {'%', kHex[c >> 4], kHex[c & 15]};
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

/// Splits "Name: value # comment"; false for other lines.
bool split_line(std::string_view line, std::string& name, std::string_view& value) {
  line = trim(line.substr(0, line.find('#')));
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  name = lower(trim(line.substr(0, colon)));
  value = trim(line.substr(colon + 1));
  return true;
}

}  // namespace

Robots Robots::parse(std::string_view text, std::string_view agent) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text = text.substr(0, kMaxBytes);
  const std::string own = lower(agent.substr(0, agent.find('/')));
  Robots specific, general;
  bool specific_seen = false, in_agents = false, for_us = false, for_all = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    std::string name;
    std::string_view value;
    if (!split_line(line, name, value)) continue;
    if (name == "user-agent") {
      if (!in_agents) for_us = for_all = false;
      in_agents = true;
      const std::string token = lower(value.substr(0, value.find('/')));
      if (token == "*") for_all = true;
      if (token == own) for_us = specific_seen = true;
      continue;
    }
    if (name != "allow" && name != "disallow" && name != "crawl-delay") continue;
    in_agents = false;
    const auto add = [&](Robots& robots) {
      if (name == "crawl-delay") {
        const double delay_s = std::strtod(std::string(value).c_str(), nullptr);
        // Of "inf" a rate of 0 would be made, which means no limit.
        if (!std::isnan(delay_s)) robots.delay_s_ = std::clamp(delay_s, 0.0, kMaxDelayS);
      } else if (!value.empty()) {
        robots.rules_.push_back({normalise(value), name == "allow"});
      }
    };
    if (for_us) add(specific);
    if (for_all) add(general);
  }
  return specific_seen ? specific : general;
}

Robots Robots::closed() {
  Robots robots;
  robots.rules_.push_back({"/", false});
  return robots;
}

bool Robots::allows(std::string_view path_and_query) const {
  if (path_and_query == "/robots.txt") return true;
  const std::string path = normalise(path_and_query);
  std::size_t longest = 0;
  bool allowed = true;
  for (const auto& rule : rules_) {
    if (rule.pattern.size() < longest || !matches(rule.pattern, path)) continue;
    if (rule.pattern.size() == longest && !rule.allow) continue;
    longest = rule.pattern.size();
    allowed = rule.allow;
  }
  return allowed;
}

}  // namespace fulcrum::data
