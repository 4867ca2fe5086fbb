#pragma once
// Text about a person. Inside an event's payload it is written as {"$personal":{subject,text}};
// the ledger seals it under the subject's key before it is hashed or stored, so that destroying
// the key erases the text and breaks no proof.
#include <string>

namespace fulcrum::base {

struct Personal {
  std::string subject;  // stream of the person, e.g. "member/01J…"
  std::string text;     // plain text in memory; "" once the subject was erased
  bool operator==(const Personal&) const = default;
};

}  // namespace fulcrum::base
