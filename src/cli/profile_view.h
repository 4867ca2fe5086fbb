#pragma once
// What `fulcrum data profile` shows of a path, whatever is there: a table for the terminal, figures
// for the page, and the machine's answer. One function for each sort of data.
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/table.h"
#include "sched/report/page.h"

namespace fulcrum::cli {

struct ProfileOptions {
  std::string path, rules, labels, time_column;
  double half_life_days = 0;
  std::int64_t expected_rows = 0;
};

struct ProfileView {
  std::string title;
  std::vector<std::string> facts;
  base::TableText overview;
  std::vector<sched::Figure> figures;
  base::json::object answer;
};

/// A CSV or TSV file. Fails as reading it, its rules and its labels.
base::Result<ProfileView> profile_table(const ProfileOptions& options);

}  // namespace fulcrum::cli
