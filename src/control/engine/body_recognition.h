#pragma once
// What the ledger keeps of a command's body, so that a key that comes again with another body is
// noticed. Kept is a keyed hash (the vault's), never a plain one: a body may hold a name or an
// address, and whoever has the ledger alone, or an export of it, must not be able to try names
// until one fits. Where the command caused sealed fields, the keys of those people go into the
// hash: erasing one of them makes it worthless even to who holds the root key.
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "ledger/vault.h"

namespace fulcrum::control {

/// "KEY:HASH". Without a vault nothing is sealed anyway, and the hash is plain. "" when it can no
/// longer be said (a subject was erased).
base::Result<std::string> recognise_body(const base::json::value& body,
                                         const ledger::SubjectVault* vault,
                                         const std::vector<std::string>& subjects);

/// Whether both are of one body; true as well where that cannot be said: an erased subject, or a
/// ledger that was imported under another root key.
bool same_body(std::string_view now, std::string_view kept);

/// Adds the subjects of the sealed fields inside, in their order.
void add_subjects(const base::json::value& payload, std::vector<std::string>& subjects);

}  // namespace fulcrum::control
