#include "data/text/phrase_set.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "data/text/unicode.h"

namespace fulcrum::data::text {

namespace {

std::uint64_t edge(std::uint32_t node, unsigned char byte) {
  return std::uint64_t{node} << 8 | byte;
}

void append_utf8(char32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    if (c < 0x10000) {
      out += static_cast<char>(0xE0 | c >> 12);
    } else {
      out += static_cast<char>(0xF0 | c >> 18);
      out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    }
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

/// Of a script that puts blanks between words.
bool is_word(char32_t c) {
  const auto is = classes(c);
  if (is & kDigit) return true;
  if (!(is & kLetter) || (is & kHan)) return false;
  return !(c >= 0x3040 && c <= 0x30FF) && !(c >= 0x0E00 && c <= 0x0EFF);  // kana, Thai and Lao
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char *at = text.data(), *end = at + text.size(); at < end;) {
    const char32_t c = decode(at, end);
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c | 0x20);
    } else if (classes(c) & kSpace) {
      if (out.empty() || out.back() != ' ') out += ' ';
    } else if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      append_utf8(static_cast<char32_t>(u_foldCase(static_cast<UChar32>(c), U_FOLD_CASE_DEFAULT)),
                  out);
    }
  }
  return out;
}

PhraseSet::PhraseSet(const std::vector<std::string>& phrases) : back_(1), goals_(1) {
  for (const std::string& phrase : phrases) add(strip(folded(phrase)));
  link();
}

void PhraseSet::add(std::string_view phrase) {
  if (phrase.empty()) return;
  Node node = 0;
  for (const char c : phrase) {
    const auto byte = static_cast<unsigned char>(c);
    const auto [place, is_new] = next_.try_emplace(edge(node, byte), Node(goals_.size()));
    if (is_new) {
      goals_.emplace_back();
      back_.push_back(0);
      if (node == 0) first_[byte] = place->second;
    }
    node = place->second;
  }
  const char *begin = phrase.data(), *end = begin + phrase.size();
  const char* at = begin;
  goals_[node] = {.bytes = static_cast<std::uint32_t>(phrase.size()),
                  .shorter = 0,
                  .alone_before = is_word(decode(at, end)),
                  .alone_behind = is_word(before(begin, end))};
  ++phrases_;
}

/// Breadth first: a node's way back is known when its children are looked at.
void PhraseSet::link() {
  std::unordered_map<Node, std::vector<std::pair<unsigned char, Node>>> children;
  for (const auto& [key, node] : next_)
    children[Node(key >> 8)].emplace_back(static_cast<unsigned char>(key & 0xFF), node);
  std::vector<Node> wave{0};
  while (!wave.empty()) {
    std::vector<Node> following;
    for (const Node node : wave)
      for (const auto& [byte, child] : children[node]) {
        if (node != 0) back_[child] = step(back_[node], byte);
        const Node back = back_[child];
        goals_[child].shorter = goals_[back].bytes > 0 ? back : goals_[back].shorter;
        following.push_back(child);
      }
    wave = std::move(following);
  }
}

PhraseSet::Node PhraseSet::step(Node from, unsigned char byte) const {
  for (; from != 0; from = back_[from])
    if (const auto found = next_.find(edge(from, byte)); found != next_.end()) return found->second;
  return first_[byte];
}

bool PhraseSet::stands(std::string_view text, std::size_t end, const Goal& goal) const {
  const std::size_t begin = end - goal.bytes;
  if (goal.alone_before && begin > 0 && is_word(before(text.data(), text.data() + begin)))
    return false;
  if (!goal.alone_behind || end == text.size()) return true;
  const char* at = text.data() + end;
  return !is_word(decode(at, text.data() + text.size()));
}

std::size_t PhraseSet::count(std::string_view text, std::size_t most) const {
  if (empty()) return 0;
  const std::string plain = folded(text);
  std::size_t found = 0;
  Node node = 0;
  for (std::size_t i = 0; i < plain.size() && found < most; ++i) {
    node = step(node, static_cast<unsigned char>(plain[i]));
    for (Node goal = goals_[node].bytes > 0 ? node : goals_[node].shorter; goal != 0;
         goal = goals_[goal].shorter)
      if (stands(plain, i + 1, goals_[goal])) {
        ++found;
        break;
      }
  }
  return found;
}

}  // namespace fulcrum::data::text
