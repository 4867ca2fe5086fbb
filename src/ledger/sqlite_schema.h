#pragma once
// The tables of a ledger file.
#include "ledger/catalogue.h"
#include "ledger/sqlite.h"

namespace fulcrum::ledger::sqlite {

/// Creates what is missing, and empties and recreates the read models when their declarations
/// changed (they are then stale). Fails with `ledger.open` for another program's file or a newer
/// format.
base::Status prepare_schema(Connection& connection, const Catalogue& catalogue);

/// "rm_NAME", quoted.
std::string table_name(const TableSpec& spec);

inline constexpr std::string_view kStaleSetting = "tables.stale";

}  // namespace fulcrum::ledger::sqlite
