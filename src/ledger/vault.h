#pragma once
// Personal fields at rest: sealed under a key per subject before they are hashed or stored.
// Implemented by src/trust.
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::ledger {

/// Thread-safe.
class SubjectVault {
 public:
  virtual ~SubjectVault() = default;
  /// Replaces every {"$personal":{subject,text}} inside by {"$sealed":{subject,nonce,text}}.
  virtual base::Status seal(base::json::value& payload) = 0;
  /// The reverse; the text of an erased subject becomes "".
  virtual void open(base::json::value& payload) const = 0;
  /// Destroys the subject's key: its sealed texts can never be opened again.
  virtual base::Status erase(const std::string& subject) = 0;
};

}  // namespace fulcrum::ledger
