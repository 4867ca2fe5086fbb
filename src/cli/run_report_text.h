#pragma once
// A run's report (control/run_report.h) as a page of text for the terminal.
#include <string>

#include "base/json.h"

namespace fulcrum::cli {

std::string run_report_text(const base::json::value& report);

}  // namespace fulcrum::cli
