#pragma once
// The one way results reach a terminal or a script: a table for people, --json for programs,
// --quiet for names alone. Results go to stdout, errors and remarks to stderr.
#include <cstdio>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::cli {

enum class OutputMode { kTable, kJson, kQuiet };

class Output {
 public:
  OutputMode mode = OutputMode::kTable;

  /// A query's answer or any other JSON.
  void value(const base::json::value& value) const;
  /// A command's reply {"seq","events","streams"}.
  void accepted(const base::json::value& reply) const;
  /// One line for people; nothing with --json or --quiet.
  void say(std::string_view line) const;
  /// Prints the error to stderr; returns its exit code.
  int error(const base::Error& error) const;
};

/// What `value` prints in table mode; ends in '\n' unless empty.
std::string render_for_people(const base::json::value& value);
/// What it prints with --quiet: the first column of each list, else the values.
std::string render_names(const base::json::value& value);

}  // namespace fulcrum::cli
