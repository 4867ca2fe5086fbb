#pragma once
// Writing a report's files into a folder.
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "sched/report/report.h"

namespace fulcrum::cli {

/// Makes the folder. Files that are there under the same names are replaced. Fails with
/// `file.write`.
base::Status write_files(const std::filesystem::path& folder,
                         const std::vector<sched::ReportFile>& files);

}  // namespace fulcrum::cli
