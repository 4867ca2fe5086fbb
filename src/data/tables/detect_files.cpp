#include "data/tables/detect_files.h"

#include "base/files.h"
#include "data/tables/labels.h"
#include "data/tables/rules.h"

namespace fulcrum::data::tables {

base::Result<DetectOptions> read_detect_options(const std::string& rules_path,
                                                const std::string& labels_path,
                                                const Table& table) {
  DetectOptions options;
  if (!rules_path.empty()) {
    TRY(const std::string text, base::read_file(rules_path));
    TRY(options.rules, parse_rules(text, rules_path));
    CHECK_OK(bind_rules(options.rules, table, rules_path));
  }
  if (!labels_path.empty()) {
    TRY(options.labels, read_labels(labels_path, table));
  }
  return options;
}

}  // namespace fulcrum::data::tables
