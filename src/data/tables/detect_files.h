#pragma once
// What somebody knows of a table beforehand, from files.
#include <string>

#include "base/result.h"
#include "data/tables/detect.h"

namespace fulcrum::data::tables {

/// Rules and labels for `table`; an empty path: none. Fails with `file.read` and as parse_rules(),
/// bind_rules() and read_labels().
base::Result<DetectOptions> read_detect_options(const std::string& rules_path,
                                                const std::string& labels_path, const Table& table);

}  // namespace fulcrum::data::tables
