#include "cli/report_files.h"

#include "base/files.h"

namespace fulcrum::cli {

base::Status write_files(const std::filesystem::path& folder,
                         const std::vector<sched::ReportFile>& files) {
  CHECK_OK(base::make_folder(folder));
  for (const auto& file : files) CHECK_OK(base::write_file(folder / file.name, file.content));
  return {};
}

}  // namespace fulcrum::cli
