#include "data/records/record.h"

namespace fulcrum::data {

void append_json_string(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, start, i - start);
    start = i + 1;
    out += '\\';
    switch (c) {
      case '"':
      case '\\':
        out += static_cast<char>(c);
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      case '\b':
        out += 'b';
        break;
      case '\f':
        out += 'f';
        break;
      default:
        out += "u00";
        out += kHex[c >> 4];
        out += kHex[c & 15];
    }
  }
  out.append(text, start);
  out += '"';
}

void Record::reset(std::string_view source) {
  source_ = source;
  members_.clear();
  kept_used_ = 0;
  changed_ = false;
}

std::string_view Record::keep(std::string_view bytes) {
  if (kept_used_ == kept_.size()) kept_.emplace_back();
  std::string& place = kept_[kept_used_++];
  place.assign(bytes);
  return place;
}

void Record::add_json(std::string_view name, std::string_view json) {
  members_.push_back({.name = name, .value = keep(json)});
}

void Record::add_text(std::string_view name, std::string_view text) {
  members_.push_back({.name = name, .value = text, .is_text = true});
}

void Record::set(std::string_view name, std::string_view value, bool is_text) {
  const std::string_view kept = keep(value);
  changed_ = true;
  for (Member& member : members_)
    if (member.name == name) {
      member.value = kept;
      member.is_text = is_text;
      return;
    }
  members_.push_back({.name = keep(name), .value = kept, .is_text = is_text});
}

void Record::remove(std::string_view name) {
  const auto gone =
      std::erase_if(members_, [&](const Member& member) { return member.name == name; });
  changed_ = changed_ || gone > 0;
}

const Record::Member* Record::find(std::string_view name) const {
  for (const Member& member : members_)
    if (member.name == name) return &member;
  return nullptr;
}

std::optional<std::string_view> Record::text(std::string_view name) const {
  const Member* member = find(name);
  if (!member || !member->is_text) return std::nullopt;
  return member->value;
}

void Record::append_json(std::string& out) const {
  if (!changed_ && !source_.empty()) {
    out += source_;
    return;
  }
  char separator = '{';
  for (const Member& member : members_) {
    out += separator;
    separator = ',';
    append_json_string(member.name, out);
    out += ':';
    if (member.is_text)
      append_json_string(member.value, out);
    else
      out += member.value;
  }
  if (members_.empty()) out += '{';
  out += '}';
}

}  // namespace fulcrum::data
