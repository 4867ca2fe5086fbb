#pragma once
// Mistakes on the command line, told with the nearest valid name.
#include <CLI/CLI.hpp>
#include <string>

#include "base/result.h"

namespace fulcrum::cli {

/// A word or option that `app` does not know.
base::Error explain_extra(const CLI::App& app, const std::string& word);
/// Anything else that the parser refused, in its words.
base::Error explain_mistake(const CLI::App& app, const std::string& message);

}  // namespace fulcrum::cli
