#pragma once
// One line of JSON Lines into a Record.
#include <memory>
#include <string_view>

#include "base/result.h"
#include "data/records/record.h"

namespace fulcrum::data {

/// So many bytes behind a line must be readable (their content does not matter).
inline constexpr std::size_t kLinePaddingBytes = 64;

/// Not thread-safe: one per thread. What it puts into a record holds until the next parse().
class JsonLineParser {
 public:
  JsonLineParser();
  ~JsonLineParser();
  /// `line` is one JSON object, complete and valid UTF-8. Fails with `record.json`; field is empty:
  /// the caller knows file and line.
  base::Status parse(std::string_view line, Record& record);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fulcrum::data
