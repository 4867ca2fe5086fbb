#pragma once
// The key that signs the ledger's checkpoints (Ed25519, RFC 8032).
#include <filesystem>
#include <string>

#include "base/result.h"
#include "ledger/store.h"

namespace fulcrum::trust {

struct LedgerKey {
  ledger::Sign sign;       // thread-safe; owns the private key
  std::string public_key;  // 32 bytes; give it to whoever checks the ledger
};

/// Opens HOME/keys/ledger.key (mode 0600), made at first use, and writes the public half as
/// hexadecimal text beside it (ledger.pub) when that is missing. Fails as open_key_file() does.
base::Result<LedgerKey> open_ledger_key(const std::filesystem::path& keys_folder);

}  // namespace fulcrum::trust
