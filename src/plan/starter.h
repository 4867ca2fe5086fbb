#pragma once
// A plan to start from, written from the header of a user's own table.
#include <string>
#include <vector>

#include "base/result.h"

namespace fulcrum::plan {

struct StarterColumns {
  std::string user;
  std::string item;
  std::string time;
  std::string value;  // empty: none looks like a rating
};

/// Guesses which column is which from their names. Fails with `init.columns` and the names found.
base::Result<StarterColumns> guess_columns(const std::vector<std::string>& header);

/// YAML of a plan that trains and replays a recommender on the table at `data_path`.
std::string starter_plan(const std::string& name, const std::string& data_path,
                         const StarterColumns& columns);

/// The names in a CSV's first line (comma, semicolon or tab; quotes and a byte-order mark off).
std::vector<std::string> header_names(std::string_view first_line);

}  // namespace fulcrum::plan
