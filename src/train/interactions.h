#pragma once
// Who touched which item when: the one input of every recommender here.
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fulcrum::train {

/// Index into Interactions::items.
using Item = std::int32_t;
/// One user's items, oldest first.
using History = std::vector<Item>;

/// Users and items are numbered by the byte order of their ids, so that the same rows in any
/// order of users give the same numbers.
struct Interactions {
  std::vector<std::string> items;
  std::vector<std::string> users;
  std::vector<History> histories;  // by user
  std::uint64_t rows = 0;          // read, before equal neighbours were joined
  std::uint64_t repeats = 0;       // rows dropped: the same item twice in a row of one user
};

/// CSV with the header `user,item,time_us` (fields may be quoted as in RFC 4180). Sorted by user
/// and time; rows of one time keep the file's order. `what` names the text in errors:
/// `interactions.header`, `interactions.row` (field `what:line`), `interactions.empty`.
base::Result<Interactions> parse_interactions(std::string_view text, std::string_view what);
/// A file, or a folder that holds interactions.csv. Also fails with `file.read`.
base::Result<Interactions> read_interactions(const std::filesystem::path& path);
/// The file that read_interactions() would read.
std::filesystem::path interactions_file(const std::filesystem::path& path);

}  // namespace fulcrum::train
