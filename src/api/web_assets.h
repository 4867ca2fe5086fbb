#pragma once
// The files of web/, embedded at build time.
#include <string_view>
#include <vector>

namespace fulcrum::api {

struct WebAsset {
  std::string_view name;  // "app.js"
  std::string_view content;
};
const std::vector<WebAsset>& web_assets();

}  // namespace fulcrum::api
