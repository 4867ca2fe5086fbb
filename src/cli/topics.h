#pragma once
// The texts behind `fulcrum help TOPIC`: topics/NAME.en.md and NAME.zh.md, embedded at build time.
#include <string_view>
#include <vector>

namespace fulcrum::cli {

struct Topic {
  std::string_view name;  // "plans.en.md"
  std::string_view content;
};
const std::vector<Topic>& topics();

}  // namespace fulcrum::cli
