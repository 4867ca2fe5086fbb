#pragma once
// Verbs on the ledger as a file: verify, rebuild, export, import.
#include "cli/verb.h"

namespace fulcrum::cli {

void add_ledger_files(CLI::App& ledger, const AlsoRegister& also);

}  // namespace fulcrum::cli
