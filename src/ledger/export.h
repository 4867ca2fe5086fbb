#pragma once
// A ledger as text: one JSON object a line, so that it can be kept, read and moved without this
// program, and a dump of the read models for comparing them.
//
//   {"fulcrum_export":1,"public_key":"HEX"}
//   {"command":"ID","events":N,"reply":"TEXT"}        then its N events
//   {"seq":1,"time_us":…,"stream":"…","version":1,"kind":"…","actor":"…","payload":"TEXT"}
//   {"checkpoint":SIZE,"time_us":…,"root":"HEX","signature":"BASE64"}   after event SIZE
//   {"end":EVENTS,"root":"HEX"}
//
// Payloads are texts inside, so that their bytes, and with them the proofs, stay the same.
// Personal texts stay sealed; their keys are not in an export.
#include <iosfwd>
#include <string>
#include <vector>

#include "ledger/store.h"
#include "ledger/verify.h"

namespace fulcrum::ledger {

struct ExportOptions {
  std::string public_key = {};  // 32 bytes, of whoever signed the checkpoints
  Progress progress = {};
};
/// Writes what the ledger held when the call began. Fails with `export.write`, `ledger.read`.
base::Status export_to(const Store& store, std::ostream& out, const ExportOptions& options = {});

struct ImportOptions {
  /// One of these must have signed every checkpoint; empty: the key that the export names, which
  /// shows that it is whole, not whose it is.
  std::vector<std::string> public_keys = {};
  Project project = {};  // empty: the read models are marked stale, to be rebuilt
  Progress progress = {};
};
struct ImportReport {
  std::uint64_t events = 0;
  std::uint64_t commands = 0;
  std::string root;
};
/// Fills an empty store, one checkpoint at a time, with the same root. Fails with `import.occupied`
/// (the store has events), `import.syntax`, `import.signature`, `import.truncated` (naming the
/// line), `ledger.root`, `ledger.sequence`. What came before the failure stays in the store: import
/// into a new file and put it in place when it is complete.
base::Result<ImportReport> import_from(Store& store, std::istream& in,
                                       const ImportOptions& options = {});

/// Every row of the tables, ordered, so that equal read models give equal text:
/// {"table":"NAME"} and then one array a row. Fails with `export.write`, `ledger.read`.
base::Status dump_tables(const TableReader& tables, const std::vector<TableSpec>& specs,
                         std::ostream& out);

}  // namespace fulcrum::ledger
