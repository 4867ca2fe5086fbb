#pragma once
// Secrets (passwords of sources, keys of clouds) are sealed before they reach a command, so that
// neither the ledger, a snapshot, a log nor a query ever holds one in the clear.
#include <string>

#include "base/result.h"
#include "ledger/vault.h"
#include "trust/state.h"

namespace fulcrum::trust {

/// The text for secret.put's `sealed`: sealed under the subject "secret/NAME". It is a string and
/// not an object so that opening personal fields on replay leaves it closed.
base::Result<std::string> seal_secret(ledger::SubjectVault& vault, const std::string& name,
                                      const std::string& plain);

/// For whoever starts a job or a source; keep the result out of arguments and logs. Fails with
/// `secret.unknown`, `secret.erased` (its key was destroyed, or the secret is empty).
base::Result<std::string> open_secret(const ledger::SubjectVault& vault, const State& state,
                                      const std::string& name);

}  // namespace fulcrum::trust
