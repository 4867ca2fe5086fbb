#pragma once
// Personal texts at rest. Envelope: root key (HOME/keys/root.key) → a 256-bit key per subject,
// wrapped by AES-256-GCM → texts sealed by AES-256-GCM. Every use has a random 96-bit nonce and the
// subject as associated data, so that a sealed text or key moved to another subject does not open.
// Erasing a subject destroys its wrapped key; hashes cover the sealed text, so proofs stay whole.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/store.h"
#include "ledger/vault.h"

namespace fulcrum::trust {

/// Where wrapped keys are kept. Calls come from several threads.
class KeyStore {
 public:
  virtual ~KeyStore() = default;
  virtual base::Result<std::optional<std::string>> get(std::string_view name) const = 0;
  virtual base::Status put(std::string_view name, std::string_view wrapped) = 0;
  virtual base::Status erase(std::string_view name) = 0;
};

/// In the settings of the ledger's store, which must outlive it.
std::unique_ptr<KeyStore> keys_in(ledger::Store& store);

/// `root_key_file` is made at first use (mode 0600). Whoever loses it loses every personal text.
/// Fails as open_key_file() does.
base::Result<std::unique_ptr<ledger::SubjectVault>> open_vault(
    const std::filesystem::path& root_key_file, std::unique_ptr<KeyStore> keys);

}  // namespace fulcrum::trust
