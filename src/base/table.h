#pragma once
// Plain tables for the terminal: columns align by display width (CJK counts two).
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::base {

struct TableText {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // each as long as header; shorter rows are padded
  std::vector<bool> right_aligned;             // by column; missing entries mean left
};

/// Lines end in '\n'; no trailing spaces.
std::string render(const TableText& table);
/// Terminal columns that the UTF-8 text takes.
std::size_t display_width(std::string_view utf8);

}  // namespace fulcrum::base
