#pragma once
// One record: named values in order. It is read from a line of JSON or filled field by field (a CSV
// row, a web page), and remembers the bytes it came from, so that what nobody changed is written as
// it was.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fulcrum::data {

/// Not thread-safe; reused for one record after another. Views that it gives hold until the next
/// reset() or set_text() of the same field; those into the source hold as long as the source's
/// bytes.
class Record {
 public:
  struct Member {
    std::string_view name;
    std::string_view value;  // the string itself, or JSON of anything else
    bool is_text = false;
  };

  /// An empty record; `source` is the JSON object that it is read from, if any.
  void reset(std::string_view source = {});
  /// As a reader found them. The JSON is copied; names and strings are not.
  void add_json(std::string_view name, std::string_view json);
  void add_text(std::string_view name, std::string_view text);
  /// Adds or replaces a string. The value is copied.
  void set_text(std::string_view name, std::string_view value) { set(name, value, true); }
  /// Adds or replaces a value given as JSON that is no string. Copied.
  void set_json(std::string_view name, std::string_view json) { set(name, json, false); }

  void remove(std::string_view name);

  const Member* find(std::string_view name) const;
  /// The string behind a name; nothing when it is absent or no string.
  std::optional<std::string_view> text(std::string_view name) const;
  bool is_changed() const { return changed_; }
  const std::vector<Member>& members() const { return members_; }

  /// One JSON object without a line end: the source's own bytes when nothing changed.
  void append_json(std::string& out) const;

 private:
  void set(std::string_view name, std::string_view value, bool is_text);
  std::string_view keep(std::string_view bytes);

  std::string_view source_;
  std::vector<Member> members_;
  std::deque<std::string> kept_;  // stable addresses
  std::size_t kept_used_ = 0;
  bool changed_ = false;
};

/// Appends a JSON string literal.
void append_json_string(std::string_view text, std::string& out);

}  // namespace fulcrum::data
