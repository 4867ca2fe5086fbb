#include "data/tables/similarity.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <unordered_map>

#include "data/tables/neighbours.h"

namespace fulcrum::data::tables {

namespace {

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte);
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c));
}
char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Marks inside and before numbers belong to them: "1.20" is not "12.0", "-1" is not "1".
bool belongs_to_number(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size() || !is_digit(text[at + 1])) return false;
  if (at > 0 && is_digit(text[at - 1])) return true;
  return (text[at] == '-' || text[at] == '.') && (at == 0 || text[at - 1] == ' ');
}

}  // namespace

std::size_t bounded_distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > limit) return limit + 1;
  while (!a.empty() && a.front() == b.front()) {
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  while (!a.empty() && a.back() == b.back()) {
    a.remove_suffix(1);
    b.remove_suffix(1);
  }
  if (a.empty()) return b.size();
  static thread_local std::vector<std::size_t> before, previous, current;
  previous.assign(b.size() + 1, 0);
  before = current = previous;
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current.assign(b.size() + 1, limit + 1);
    current[0] = i;
    const std::size_t from = i > limit ? i - limit : 1, to = std::min(b.size(), i + limit);
    if (from > 1) current[from - 1] = limit + 1;
    std::size_t least = current[0];
    for (std::size_t j = from; j <= to; ++j) {
      std::size_t cost = std::min(
          {previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost = std::min(cost, before[j - 2] + 1);
      current[j] = cost;
      least = std::min(least, cost);
    }
    if (least > limit) return limit + 1;
    before.swap(previous);
    previous.swap(current);
  }
  return std::min(previous[b.size()], limit + 1);
}

std::size_t edit_limit(std::size_t length) {
  return std::max<std::size_t>(1, length / 4);
}

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  std::string token;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && (is_word(text[i]) || belongs_to_number(text, i))) {
      token += lower(text[i]);
    } else if (!token.empty()) {
      tokens.push_back(std::move(token));
      token.clear();
    }
  }
  return tokens;
}

std::string fingerprint(std::string_view text) {
  auto tokens = tokens_of(text);
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  std::string key;
  for (const auto& token : tokens) key += key.empty() ? token : ' ' + token;
  return key;
}

std::string ngram_fingerprint(std::string_view text) {
  std::string letters;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (is_word(text[i]) || belongs_to_number(text, i)) letters += lower(text[i]);
  if (letters.size() < 2) return letters;
  std::set<std::string> grams;
  for (std::size_t i = 0; i + 1 < letters.size(); ++i) grams.insert(letters.substr(i, 2));
  std::string key;
  for (const auto& gram : grams) key += gram;
  // "11" and "111" have the same grams; numbers must be the same.
  for (const char c : letters)
    if (is_digit(c)) key += c;
  return key;
}

std::string phonetic_key(std::string_view text) {
  static constexpr std::string_view kDigits = "01230120022455012623010202";  // by letter; 0: vowel
  std::string key;
  for (const std::string& token : tokens_of(text)) {
    if (!key.empty()) key += ' ';
    if (!std::isalpha(static_cast<unsigned char>(token[0]))) {
      key += token;
      continue;
    }
    std::string code(1, token[0]);
    char last = kDigits[static_cast<std::size_t>(token[0] - 'a')];
    for (std::size_t i = 1; i < token.size() && code.size() < 4; ++i) {
      if (token[i] < 'a' || token[i] > 'z') continue;
      const char digit = kDigits[static_cast<std::size_t>(token[i] - 'a')];
      if (digit != '0' && digit != last) code += digit;
      if (token[i] != 'h' && token[i] != 'w') last = digit;
    }
    key += code + std::string(4 - code.size(), '0');
  }
  return key;
}

namespace {

void order(const Column& column, std::vector<Cluster>& clusters) {
  for (Cluster& cluster : clusters)
    std::sort(cluster.codes.begin(), cluster.codes.end(), [&](Code a, Code b) {
      return std::pair(column.count(b), a) < std::pair(column.count(a), b);
    });
  std::sort(clusters.begin(), clusters.end(),
            [](const Cluster& a, const Cluster& b) { return a.codes[0] < b.codes[0]; });
}

}  // namespace

std::vector<Cluster> cluster_values(const Column& column, KeyMethod method) {
  std::unordered_map<std::string, std::vector<Code>> keys;
  for (Code code = 0; code < column.distinct(); ++code) {
    if (column.count(code) == 0) continue;
    const std::string_view value = column.value(code);
    std::string key = method == KeyMethod::kFingerprint ? fingerprint(value)
                      : method == KeyMethod::kNgram     ? ngram_fingerprint(value)
                                                        : phonetic_key(value);
    if (!key.empty()) keys[std::move(key)].push_back(code);
  }
  std::vector<Cluster> clusters;
  for (auto& [key, codes] : keys)
    if (codes.size() > 1) clusters.push_back({std::move(codes)});
  order(column, clusters);
  return clusters;
}

std::vector<Cluster> cluster_by_distance(const Column& column, double share) {
  std::vector<Code> all;
  for (Code code = 0; code < column.distinct(); ++code)
    if (column.count(code) > 0) all.push_back(code);
  const NeighbourIndex index(column, all);
  std::map<Code, std::vector<Code>> of;
  for (const Code code : all) {
    const auto limit =
        static_cast<std::size_t>(share * static_cast<double>(column.value(code).size()));
    Code best = code;
    for (const Neighbour& near : index.near(column.value(code)))
      if (near.distance <= limit && column.count(near.code) > column.count(best)) best = near.code;
    if (best != code) of[best].push_back(code);
  }
  std::vector<Cluster> clusters;
  for (auto& [best, codes] : of) {
    codes.push_back(best);
    clusters.push_back({codes});
  }
  order(column, clusters);
  return clusters;
}

}  // namespace fulcrum::data::tables
