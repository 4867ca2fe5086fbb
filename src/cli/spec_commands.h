#pragma once
// Subcommands made from the pillars' specs: `note.add` becomes `note add`, members of its schema
// become options.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/verb.h"
#include "ledger/pillar.h"

namespace fulcrum::cli {

struct Front {
  std::string name;  // "note.add"
  std::string summary;
  base::json::object schema;
  bool is_command = false;
};

/// Every command and query, sorted by name; a query that has a command's name is left out.
std::vector<Front> all_fronts(const std::vector<std::unique_ptr<ledger::Pillar>>& pillars);

struct FlatOption {
  std::string name;  // "resources.gpu_milli"
  std::string what;  // "integer ≥ 0, required"
  bool is_flag = false;
  bool is_list = false;
  bool is_map = false;  // takes key=value
};
/// "resources.gpu-milli", without the leading "--".
std::string option_name(const FlatOption& option);
/// The leaves of an object schema, in order.
std::vector<FlatOption> flat_options(const base::json::object& schema);

/// Gives `app` the front's options and returns what runs it.
Action bind_front(CLI::App& app, const Front& front);

}  // namespace fulcrum::cli
