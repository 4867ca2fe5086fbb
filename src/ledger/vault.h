#pragma once
// Personal fields at rest: sealed under a key per subject before they are hashed or stored.
// Implemented by src/trust.
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::ledger {

/// An event of this kind, {"subject": "member/01J…", …}, means that the subject was erased: the
/// engine has the vault destroy the key once it is durable.
inline constexpr std::string_view kSubjectErased = "subject.erased";

/// Thread-safe.
class SubjectVault {
 public:
  virtual ~SubjectVault() = default;
  /// Replaces every {"$personal":{subject,text}} inside by {"$sealed":{subject,nonce,text}}
  /// (nonce and text in base64). Makes a key for a new subject.
  virtual base::Status seal(base::json::value& payload) = 0;
  /// The reverse; the text of an erased subject becomes "".
  virtual void open(base::json::value& payload) const = 0;
  /// Destroys the subject's key: its sealed texts can never be opened again. What is sealed for
  /// this subject afterwards is sealed as "". Erasing twice is the same as once.
  virtual base::Status erase(const std::string& subject) = 0;
  /// A keyed hash of `text`, by which it is recognised and from which nobody without the keys can
  /// guess it. The keys of all `subjects` go in: once one of them is erased, the answer is "" and
  /// an earlier hash says nothing any more. "" too from a vault that has no such key.
  virtual base::Result<std::string> recognise(std::string_view text,
                                              const std::vector<std::string>& subjects) const {
    (void)text, (void)subjects;
    return std::string();
  }
};

}  // namespace fulcrum::ledger
